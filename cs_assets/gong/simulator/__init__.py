"""A stand-in for Gong's API on loopback, for tests, benchmarks and trying things out.

It keeps the contract of the real API as far as it is known: credentials and scopes,
limits, cursors that are signed and expire, empty results as 404, parts of a call as
asked for, calls and transcripts that appear late, change and vanish. Its clock can be
set and its faults planned. ``docs/gong.md`` says what it does and what it does not.
"""

from cs_assets.gong.simulator.clock import Clock
from cs_assets.gong.simulator.corpus import Corpus
from cs_assets.gong.simulator.faults import Fault, Faults
from cs_assets.gong.simulator.gate import Limits
from cs_assets.gong.simulator.protocol import Request, Response
from cs_assets.gong.simulator.server import serve
from cs_assets.gong.simulator.service import Simulator

__all__ = [
    "Clock",
    "Corpus",
    "Fault",
    "Faults",
    "Limits",
    "Request",
    "Response",
    "Simulator",
    "serve",
]
