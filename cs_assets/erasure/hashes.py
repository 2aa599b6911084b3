"""What stands for an id or an address that was erased, so that it is known again when met."""

import hashlib


def digest(what: str, value: str) -> str:
    """The hash by which an id of a space, or an ``address``, is remembered."""
    return hashlib.sha256(f"{what}:{value.strip().casefold()}".encode()).hexdigest()


def hashed_address(address: str) -> str:
    """What stands in the place of an address that is suppressed and was erased."""
    return f"erased:{digest('address', address)}"
