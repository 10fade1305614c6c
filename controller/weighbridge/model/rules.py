"""What a rule says about itself: its METADATA, read once when the policies are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weighbridge.model.refs import Role
from weighbridge.model.requests import Json
from weighbridge.model.site import RuleAction
from weighbridge.model.verdicts import Remedy, Severity, WhoCanAct


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the rule table."""

    id: str
    """`license.allowed`, or `acme/license.no_llama_as_apache` for the rule of a site."""
    title: str
    description: str
    severity: Severity
    evidence: tuple[str, ...]
    """The facts of a model the rule needs, out of `facts.MODEL_FACTS`."""
    remedy: Remedy
    who_can_act: WhoCanAct
    since: str
    """Version of weighbridge, or of the site's rules, that brought it."""
    parameters: tuple[str, ...]
    """Names of the values a policy may set for it."""
    frameworks: Json
    """Clauses of laws and standards it serves, as the author wrote them."""
    default_action: RuleAction | None
    """What it does in a profile that does not name it; `None` = off."""
    path: str
    """Its file, relative to the policy folder."""
    roles: tuple[Role, ...] = ()
    """The roles of models it is about; empty for all."""
    why: str = ""
    """What goes wrong without it."""
    denies: tuple[str, ...] = ()
    """What it complains about, one case each."""
    admits: tuple[str, ...] = ()
    """What it lets pass, where a reader might expect a complaint."""
    false_positives: tuple[str, ...] = ()
    """Where it may complain and be wrong, with the way out."""
    parameter_texts: Mapping[str, str] = field(default_factory=dict)
    """What each parameter means, where its author says so."""
