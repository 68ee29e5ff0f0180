"""What a run came to, for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tests.chaos.evidence import Evidence
from tests.chaos.judge import Violation, figures
from tests.chaos.run import Outcome


def figures_of(outcome: Outcome, violations: list[Violation], *, title: str, seconds: float) -> str:
    found = figures(outcome.evidence)
    broken = Counter(violation.rule for violation in violations)
    breaker, ledger = outcome.breaker, outcome.ledger
    kills = {name: count for name, count in outcome.kills.items() if count}
    kills["process of a pool"] = breaker.counts["kill a pool process"]
    named = {what: count for what, count in breaker.counts.items() if not what.startswith(("kill ", "fault"))}
    lines = [
        f"\n{title}, {seconds:.0f} s",
        f"  actions             {sum(found.by_state.values())}: {_counted(found.by_state)}",
        f"  forms               {_counted(ledger.counts)}",
        f"  writes              {found.writes} arrived, {found.taken} taken, {found.answers_lost} of them unheard",
        f"  kills               {sum(kills.values())}: {_counted(kills)}",
        f"  other events        {_counted(named)}",
        f"  faults that struck  {breaker.struck.total()}: {_counted(breaker.struck)}",
        f"  claims ended by us  {breaker.claims_ended} (of workers that were dead)",
        f"  missed              {', '.join(outcome.missed) or 'none'}",
        f"  confirmed by a reading {found.by_evidence}",
        f"  needing a person    {found.needing_a_person}",
        f"  lost                {broken['lost']}",
        f"  doubled             {broken['doubled']}",
        f"  untrue              {broken['untrue']}",
        f"  not at rest         {broken['restless']}",
    ]
    return "\n".join(lines)


def violations_of(violations: list[Violation], evidence: Evidence) -> str:
    """Each with all that both sides have about its order."""
    lines = []
    for violation in violations:
        lines.append(f"\n{violation.rule.upper()} {violation.text}")
        if violation.order_id:
            order = violation.order_id
            lines += [f"  ours    {action}" for action in evidence.ours if action.order_id == order]
            lines += [f"  sandbox {taken}" for taken in evidence.taken if taken.order_id == order]
            lines += [f"  arrived {write}" for write in evidence.writes if write.order_id == order]
            lines += [f"  pressed {press}" for press in evidence.presses if order in press.orders]
            lines.append(f"  lines   {evidence.lines.get(order)}")
    return "\n".join(lines)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda one: -one[1])) or "none"
