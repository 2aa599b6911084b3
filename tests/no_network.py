"""Puts the test run into a network namespace of its own, in which only loopback exists.

Whatever a test, a library in any language or a child process tries to reach beyond
this machine (a name look-up included) finds no route, and the kernel counts it. So the
figure R-43 covers the whole suite and not only what is written in Python.
"""

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

from tests.figures import Figure

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_ENTERED = "CS_ASSETS_TESTS_ON_LOOPBACK"
_SET_FLAGS, _UP_AND_RUNNING = 0x8914, 0x1 | 0x40


def enter() -> bool:
    """Leave the machine's network for good; False where the system does not allow it.

    Tried in a child first: some systems allow the namespace and then nothing within it. The
    processes among which a run is divided stay in the namespace of the one that began it.
    """
    if os.environ.get(_ENTERED):
        return True
    child = os.fork()
    if child == 0:
        try:
            _enter()
        except BaseException:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:  # bounded: it only makes calls to the kernel
        return False
    _enter()
    os.environ[_ENTERED] = "1"
    return True


def _enter() -> None:
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK | (_NEW_USER if user else 0)) != 0:
        raise OSError(ctypes.get_errno(), "no namespace")
    if user:  # as oneself in a user namespace, which may own a network
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", _UP_AND_RUNNING)
        fcntl.ioctl(any_socket, _SET_FLAGS, request)
    attempts()


def attempts() -> int:
    """How often anything in this namespace looked for a way out and found none."""
    lines = Path("/proc/self/net/snmp").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Ip:"))
    found = int(values[names.index("OutNoRoutes")])
    for line in Path("/proc/self/net/snmp6").read_text().splitlines():
        if line.startswith("Ip6OutNoRoutes"):
            found += int(line.split()[1])
    return found


def figure(tests: int) -> Figure:
    """R-43b over the tests that were run in the namespace."""
    count = attempts()
    return Figure(
        "R-43b",
        f"whole run of {tests} tests in a network without routes: attempts to leave this machine",
        str(count),
        "0",
        count == 0,
    )
