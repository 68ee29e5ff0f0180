"""Compares what the sandbox took with what our rows say. Knows nothing of processes; `test_judge` feeds it damage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from tests.chaos.evidence import Answer, Decisions, Evidence, Ours, Taken

# What an accepted line becomes in the sandbox; none of the others can follow within a run.
ACCEPTED = {"AWAITING_PAYMENT", "AWAITING_SHIPMENT"}
NEEDS_A_PERSON = {"failed", "unknown"}


@dataclass(frozen=True, slots=True)
class Violation:
    """`rule` is "untrue", "doubled", "lost" or "restless"."""

    rule: str
    text: str
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """Which of the sandbox's actions came from which of ours, one to one. `strays` came from none."""

    by_action: dict[int, Taken]
    strays: list[Taken]
    found_by_order: set[int]  # the answer was lost: matched by order and decisions, not by Mirakl's id


def judge(evidence: Evidence) -> list[Violation]:
    """Everything that is wrong; nothing when each action is in a true state, none was doubled and none lost."""
    matched = match(evidence)
    return [violation for rule in RULES for violation in rule(evidence, matched)]


def match(evidence: Evidence) -> Matched:
    by_id = {taken.id: taken for taken in evidence.taken}
    by_action: dict[int, Taken] = {}
    left = dict(by_id)
    for action in evidence.ours:
        if action.remote_id in left:
            by_action[action.pk] = left.pop(action.remote_id)
    # What ended well first, so that it goes to the action that says so.
    orphans = sorted(left.values(), key=lambda taken: taken.status != "SUCCESS")
    strays: list[Taken] = []
    found: set[int] = set()
    for orphan in orphans:
        asked = _lost_answer(evidence, orphan, taken=by_action.keys())
        if asked is None:
            strays.append(orphan)
        else:
            by_action[asked.pk] = orphan
            found.add(asked.pk)
    return Matched(by_action, strays, found)


def _lost_answer(evidence: Evidence, orphan: Taken, *, taken: Container[int]) -> Ours | None:
    """The action of ours that this can have come from: one whose answer was lost and that admits it."""
    candidates = [
        action
        for action in evidence.ours
        if action.pk not in taken
        and (action.order_id, action.decided) == (orphan.order_id, orphan.decided)
        and action.departed
        and not action.remote_id
        and action.state in ("unknown", "confirmed", "given_up")
    ]
    wanted = "confirmed" if orphan.status == "SUCCESS" else "unknown"
    return min(candidates, key=lambda action: action.state != wanted, default=None)


def shows(evidence: Evidence, order_id: str, decided: Decisions) -> bool:
    """Whether the order, as the sandbox has it, is what was decided."""
    lines = evidence.lines.get(order_id, {})
    return all(_line_shows(lines.get(line, ("", "")), accepted=accepted) for line, accepted in decided.items())


def _line_shows(line: tuple[str, str], *, accepted: bool) -> bool:
    return line[0] in ACCEPTED if accepted else line == ("CLOSED", "REFUSED")


def at_rest(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    """Nothing is under way any more, except what the sandbox never ends."""
    for action in evidence.ours:
        if action.state in ("held", "waiting", "sending", "to_approve"):
            yield Violation("restless", f"still {action.state}: {action}", action.order_id)
        elif action.state == "sent" and not _endless(matched.by_action.get(action.pk)):
            yield Violation("restless", f"sent, and its end is not known: {action}", action.order_id)


def _endless(taken: Taken | None) -> bool:
    return taken is not None and taken.endless


def confirmed_is_true(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    for action in evidence.ours:
        if action.state != "confirmed":
            continue
        taken = matched.by_action.get(action.pk)
        if taken is None:
            yield Violation("untrue", f"confirmed, but the sandbox took nothing of the kind: {action}", action.order_id)
        elif taken.status != "SUCCESS" or not shows(evidence, action.order_id, action.decided):
            yield Violation("untrue", f"confirmed, but at the sandbox it is {taken}: {action}", action.order_id)
        elif action.differs or not action.seen:
            yield Violation("untrue", f"it happened, but staff are told that no reading shows it: {action}")


def failed_is_true(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    for action in evidence.ours:
        if action.state != "failed":
            continue
        taken = matched.by_action.get(action.pk)
        if action.cause != "channel":
            if taken is not None:
                yield Violation("untrue", f"failed before it was taken, but it was: {action}, {taken}", action.order_id)
        elif taken is None or (taken.status, taken.code) != ("FAILED", action.code):
            yield Violation("untrue", f"failed at the channel, but there it is {taken}: {action}", action.order_id)


def unknown_is_true(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    """What the order shows is not unknown any more: two readings were made since."""
    for action in evidence.ours:
        if action.state == "unknown" and action.departed and shows(evidence, action.order_id, action.decided):
            yield Violation("untrue", f"unknown, but the order shows it: {action}", action.order_id)
        if action.state == "unknown" and not action.departed:
            yield Violation("untrue", f"unknown, but nothing ever left: {action}", action.order_id)


def undone_is_true(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    for action in evidence.ours:
        if action.state != "undone":
            continue
        alone = not any(taken.order_id == action.order_id for taken in evidence.taken)
        shown = alone and shows(evidence, action.order_id, action.decided)
        if action.departed or action.pk in matched.by_action or shown:
            yield Violation("untrue", f"undone, but it was written: {action}", action.order_id)


def nothing_doubled(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    for stray in matched.strays:
        yield Violation("doubled", f"taken once more than any action of ours accounts for: {stray}", stray.order_id)
    names = Counter(action.remote_id for action in evidence.ours if action.remote_id)
    for name, count in names.items():
        if count > 1:
            yield Violation("doubled", f"{count} of our actions say that they are Mirakl's {name}")
    departures: dict[str, int] = defaultdict(int)
    actions: Counter[str] = Counter()
    for action in evidence.ours:
        departures[action.order_id] += action.departures
        actions[action.order_id] += action.departed
    arrived = Counter(write.order_id for write in evidence.writes)
    taken = Counter(write.order_id for write in evidence.writes if write.action_id)
    for order_id, count in arrived.items():
        if count > departures[order_id]:
            text = f"{count} writes arrived, {departures[order_id]} were written down before they left"
            yield Violation("doubled", text, order_id)
        if taken[order_id] > actions[order_id]:
            text = f"{taken[order_id]} writes were taken, {actions[order_id]} actions departed"
            yield Violation("doubled", text, order_id)


def journals_agree(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    """The sandbox's own two lists; and what it took is what was decided."""
    if {write.action_id for write in evidence.writes if write.action_id} != {taken.id for taken in evidence.taken}:
        yield Violation("untrue", "the sandbox's writes and actions contradict each other")
    ours = {action.pk: action for action in evidence.ours}
    for pk, taken in matched.by_action.items():
        if (ours[pk].order_id, ours[pk].decided) != (taken.order_id, taken.decided):
            yield Violation("untrue", f"something else was sent than asked: {ours[pk]}, {taken}", taken.order_id)
    for action in evidence.ours:
        if action.remote_id and action.pk not in matched.by_action:
            yield Violation("untrue", f"the sandbox does not know its id: {action}", action.order_id)


def nothing_lost(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    """Every form that was answered has its action, or, of a batch, all its actions and what was left out."""
    by_token: dict[str, list[Ours]] = defaultdict(list)
    for action in evidence.ours:
        if action.follows is None:
            by_token[action.batch or action.token].append(action)
    for press in evidence.presses:
        made = by_token.pop(press.token, [])
        accounted = len(made) + evidence.skipped.get(press.token, 0)
        if press.answer is Answer.TAKEN and accounted < len(press.orders):
            yield Violation("lost", f"{len(made)} actions came of {press}", next(iter(press.orders)))
        if accounted > len(press.orders):
            yield Violation("doubled", f"{len(made)} actions came of {press}", next(iter(press.orders)))
        for action in made:
            if press.orders.get(action.order_id, None) not in (action.decided, {}):
                yield Violation("untrue", f"not what was pressed: {action}, {press}", action.order_id)
    for token, actions in by_token.items():
        yield Violation("untrue", f"nobody pressed for {actions[0]} (token {token!r})", actions[0].order_id)


def intentions_kept(evidence: Evidence, matched: Matched) -> Iterator[Violation]:
    """What was not done is shown as needing a person, unless a person took it back; what follows was asked for."""
    for action in evidence.ours:
        if action.state == "undone" and action.pk not in evidence.undo_pressed:
            yield Violation("lost", f"nobody took it back: {action}", action.order_id)
        if action.state == "given_up":
            yield Violation("lost", f"nobody gave it up: {action}", action.order_id)
        if action.follows is not None and not action.automatic and action.follows not in evidence.again_pressed:
            yield Violation("untrue", f"nobody asked for it again: {action}", action.order_id)


RULES: tuple[Callable[[Evidence, Matched], Iterator[Violation]], ...] = (
    at_rest,
    confirmed_is_true,
    failed_is_true,
    unknown_is_true,
    undone_is_true,
    nothing_doubled,
    journals_agree,
    nothing_lost,
    intentions_kept,
)


@dataclass(frozen=True, slots=True)
class Figures:
    by_state: dict[str, int]
    needing_a_person: int
    by_evidence: int  # confirmed by a reading, because no answer said so
    answers_lost: int  # taken by the sandbox, and we never heard so
    writes: int
    taken: int


def figures(evidence: Evidence) -> Figures:
    followed = {action.follows for action in evidence.ours}
    needing = [one for one in evidence.ours if one.state in NEEDS_A_PERSON and one.pk not in followed]
    confirmed = [one for one in evidence.ours if one.state == "confirmed"]
    return Figures(
        by_state=dict(Counter(action.state for action in evidence.ours).most_common()),
        needing_a_person=len(needing),
        by_evidence=sum(one.remote_status != "SUCCESS" for one in confirmed),
        answers_lost=len(match(evidence).found_by_order),
        writes=len(evidence.writes),
        taken=len(evidence.taken),
    )
