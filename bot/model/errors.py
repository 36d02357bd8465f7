"""The three kinds of trouble that are not bugs: a person's, the settings', and WhatsApp's."""

from __future__ import annotations


class UserError(Exception):
    """Something that the person who wrote can mend: a catalogue key and the facts that its sentence needs."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts = facts


class ConfigError(Exception):
    """Settings that cannot be used, all at once: `faults` holds one sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class GatewayError(Exception):
    """WhatsApp did not do what was asked.

    permanent: trying again cannot help. in_doubt: it may have happened all the same (a crash or a deadline in the
    middle of a send). reason: a stable word, e.g. `expired`, `refused`, `not_connected`, `deadline`, `no_lid`.
    """

    def __init__(self, reason: str, detail: str = "", *, permanent: bool = False, in_doubt: bool = False) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.permanent = permanent
        self.in_doubt = in_doubt


class UnreadableMedia(Exception):
    """A file holds no picture or video that can be looked at.

    reason: `not_an_image`, `truncated`, `too_large`, `no_frames`, `hostile` or `unsupported`.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
