from __future__ import annotations

import socket

import pytest

from weighbridge.errors import UserError
from weighbridge.webhook.server import listen


def test_an_answer_in_two_writes_does_not_wait_for_an_acknowledgment():
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()

        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_one_sentence():
    with listen("127.0.0.1", 0) as listener, pytest.raises(UserError, match="cannot listen here: "):
        listen("127.0.0.1", listener.getsockname()[1])
