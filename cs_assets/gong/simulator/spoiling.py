"""What a fault makes of an answer."""

from cs_assets.gong.simulator.faults import Fault
from cs_assets.gong.simulator.protocol import Refused, Response, error_of, too_many

#: Faults that stand in place of any answer; the others spoil a good one.
INSTEAD = ("too_many", "reset", "html", "bad_gateway", "server_error", "unavailable", "timeout")


def instead(fault: Fault, request_id: str) -> Response:
    """What comes in place of an answer."""
    match fault.kind:
        case "too_many":
            return error_of(too_many(max(0, round(fault.seconds))), request_id)
        case "reset":
            return Response(200, b"", cut=0)
        case "html":
            page = b"<html><body>Please try again.</body></html>"
            return Response(200, page, {"content-type": "text/html"})
        case "bad_gateway":
            return Response(502, b"<html>502</html>", {"content-type": "text/html"})
    status = {"server_error": 500, "unavailable": 503, "timeout": 504}[fault.kind]
    return error_of(Refused(status, "Internal server error occurred"), request_id)


def spoiled(response: Response, fault: Fault | None) -> Response:
    """The answer, delivered badly."""
    if fault is None:
        return response
    size = len(response.body)
    match fault.kind:
        case "cut":
            return Response(200, response.body, response.headers, cut=size // 2)
        case "cut_json":
            return Response(200, response.body[: size * 2 // 3], response.headers)
        case "slow":
            return Response(200, response.body, response.headers, delay=fault.seconds)
    return response
