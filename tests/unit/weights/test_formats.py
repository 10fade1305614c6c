from __future__ import annotations

import pytest

from weighbridge.model.outcomes import Unreadable
from weighbridge.weights import ListedFile, files
from weighbridge.weights.formats import MOST_FILES, format_of


def loaded(*paths: str) -> dict[str, bool]:
    found = files([ListedFile(path, 1, None) for path in paths])
    assert not isinstance(found, Unreadable)
    return {file.path: file.loaded for file in found.files}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("model.safetensors", "safetensors"),
        ("MODEL.SafeTensors", "safetensors"),
        ("q4/model-Q4_K_M.gguf", "gguf"),
        ("onnx/model.onnx", "onnx"),
        ("onnx/model.onnx_data", "onnx"),
        ("pytorch_model-00001-of-00002.bin", "pickle"),
        ("consolidated.00.pth", "pickle"),
        ("model.ckpt", "pickle"),
        ("classifier.pkl", "pickle"),
        ("pipe.joblib", "pickle"),
        ("training_args.bin", "pickle"),
        ("model.nemo", "pickle"),
        ("tf_model.h5", "keras"),
        ("model.keras", "keras"),
        ("modeling_x.py", "code"),
        ("kernels/x.so", "code"),
        ("ggml-model-q4_0.bin", "gguf"),
        ("openvino_model.bin", None),
        ("tokenizer.model", None),
        ("model.safetensors.index.json", None),
        ("pytorch_model.bin.index.json", None),
        ("README.md", None),
        ("LICENSE", None),
        ("", None),
        ("bin", None),
    ],
)
def test_a_format_is_told_by_name(path: str, kind: str | None) -> None:
    assert format_of(path) == kind


def test_only_weights_and_code_are_kept_and_everything_is_counted() -> None:
    found = files([ListedFile(path, 5, "a" * 64) for path in ("z.safetensors", "README.md", "a.py")])

    assert not isinstance(found, Unreadable)
    assert [(one.path, one.size, one.sha256) for one in found.files] == [
        ("a.py", 5, "a" * 64),
        ("z.safetensors", 5, "a" * 64),
    ]
    assert found.count == 3


def test_what_training_left_over_is_not_loaded() -> None:
    leftovers = (
        "training_args.bin", "optimizer.pt", "scheduler.pt", "rng_state_0.pth", "checkpoint-500/pytorch_model.bin",
        "global_step10/zero_pp_rank_0_mp_rank_00_optim_states.pt", "voices/af.npy",
    )  # fmt: skip

    assert not any(loaded("pytorch_model.bin", *leftovers)[path] for path in leftovers)
    assert loaded("pytorch_model.bin", *leftovers)["pytorch_model.bin"]


def test_a_safe_decoy_in_a_folder_does_not_stand_in_for_the_pickle_in_the_root() -> None:
    assert loaded("pytorch_model.bin", "decoy/model.safetensors") == {
        "pytorch_model.bin": True,
        "decoy/model.safetensors": False,
    }


def test_a_pickle_in_a_folder_counts_wherever_it_lies() -> None:
    assert loaded("model.safetensors", "original/consolidated.00.pth")["original/consolidated.00.pth"]


def test_safe_weights_in_folders_are_loaded_where_nothing_lies_in_the_root() -> None:
    assert loaded("Q4_K_M/model.gguf", "setup.py") == {"Q4_K_M/model.gguf": True, "setup.py": True}


def test_safe_weights_of_a_repository_made_of_parts_are_loaded_from_its_folders() -> None:
    assert loaded("model_index.json", "v1.safetensors", "unet/model.safetensors")["unet/model.safetensors"]


def test_more_files_than_anybody_has_cannot_hide_one() -> None:
    found = files([ListedFile(f"{number}.safetensors", 1, None) for number in range(MOST_FILES + 1)])

    assert found == Unreadable(
        f"the repository lists {MOST_FILES + 1} files of weights and code, at most {MOST_FILES} are read"
    )


def test_an_invisible_character_in_a_path_is_written_out() -> None:
    assert list(loaded("a\u202e\ud800.bin")) == ["a\\u202e\\ud800.bin"]
