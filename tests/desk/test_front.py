"""Who comes in at the desk's front, as whom, and what reaches the pages."""

import asyncio
import contextlib

import httpx
import pytest
from starlette.requests import Request
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from cs_assets.answers.scope import Asker
from cs_assets.desk import session
from cs_assets.desk.front.proxy import Pages
from cs_assets.desk.front.roles import asker_of
from cs_assets.desk.front.signing_in import own_path
from cs_assets.desk.front.visitors import COOKIE
from cs_assets.errors import UsageError
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.benchmarks.desk import forged_attempts
from tests.desk.fronting import fronted
from tests.desk.oidc_server import CLIENT, SECRET, oidc_server
from tests.waiting import PATIENCE, until


@pytest.fixture(scope="module")
def provider():
    with oidc_server() as found:
        yield found


@pytest.fixture(scope="module")
def front(provider, company_home, tmp_path_factory):
    given = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET,
             "desk_operations": "ops@x.example, Boss@x.example"}  # fmt: skip
    with fronted(tmp_path_factory.mktemp("front"), company_home, **given) as found:
        yield found


@pytest.fixture(autouse=True)
def _right_again(provider):
    provider.address, provider.is_verified = "c1@x.example", True
    provider.changed, provider.algorithm = (lambda claims: claims), "RS256"


def browser(front) -> httpx.Client:
    return httpx.Client(base_url=front[0], timeout=60, headers={"accept": "text/html"})


def followed(visitor, address):
    """The last answer, by way of the provider; httpx keeps its cookies by host as browsers do."""
    answer = visitor.get(address)
    for _ in range(6):
        if not answer.has_redirect_location:
            break
        answer = visitor.get(answer.headers["location"])
    return answer


@contextlib.contextmanager
def signed_in(front):
    with browser(front) as visitor:
        assert followed(visitor, "/auth/login").status_code == 200
        yield visitor


@contextlib.contextmanager
def socket_of(front, visitor, **headers):
    """Streamlit's browser offers as much."""
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    with connect(
        front[0].replace("http", "ws") + "/_stcore/stream",
        additional_headers={"cookie": cookies, **headers},
        origin=front[0],
        subprotocols=["streamlit", "xsrf"],
    ) as opened:
        yield opened


def test_a_connection_that_the_pages_had_just_closed_is_opened_anew(tmp_path):
    """The pages keep a connection for some seconds; a request may meet its end."""
    seen = []

    async def tried() -> int:
        async def answer(reader, writer):
            seen.append(len(seen))
            await reader.readuntil(b"\r\n\r\n")
            if len(seen) != 1:
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                await writer.drain()
            writer.close()

        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
        async with await asyncio.start_unix_server(answer, str(tmp_path / "pages")):
            pages = Pages(tmp_path / "pages")
            try:
                return (await pages.get(Request(scope), "identity")).status_code
            finally:
                await pages.close()

    assert asyncio.run(tried()) == 200
    assert seen == [0, 1]


def message() -> bytes:
    said = BackMsg()
    said.rerun_script.query_string = "id=CUST_1"
    return said.SerializeToString()


def test_who_signs_in_comes_back_to_the_page_and_is_told_to_it(front):
    with browser(front) as visitor:
        begun = visitor.get("/customer?id=CUST_1")
        assert begun.status_code == 303
        answer = followed(visitor, begun.headers["location"])
        assert answer.text == "csm:c1@x.example c1@x.example"
        assert str(answer.url).endswith("/customer?id=CUST_1")
        with socket_of(front, visitor) as opened:
            opened.send(message())
            assert opened.recv(60) == message()
    path, viewer = front[1].seen[-1]
    assert (path, viewer.asker) == ("/_stcore/stream", Asker("csm", "c1@x.example"))


def test_the_cookie_is_kept_from_scripts_and_other_sites(front):
    with browser(front) as visitor:
        answer = visitor.get("/auth/login")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(
            answer.headers["set-cookie"].split("; ")
        )
        back = visitor.get(visitor.get(answer.headers["location"]).headers["location"])
        own = next(c for c in back.headers.get_list("set-cookie") if c.startswith(COOKIE))
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=28800"} <= set(own.split("; "))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda p: setattr(p, "is_verified", False),
        lambda p: setattr(p, "is_verified", "true"),
        lambda p: setattr(p, "address", "no address"),
        lambda p: setattr(p, "algorithm", "none"),
        lambda p: setattr(p, "algorithm", "HS256"),
        *(
            lambda p, c=change: setattr(p, "changed", lambda claims: claims | c)
            for change in (
                {"nonce": "of another sign-in"},
                {"aud": "another client"},
                {"iss": "https://evil.example"},
                {"exp": 1},
                {"aud": [CLIENT, "another"], "azp": "another"},
            )
        ),
        lambda p: setattr(
            p, "changed", lambda claims: {k: v for k, v in claims.items() if k != "nonce"}
        ),
    ],
)
def test_a_token_that_is_not_right_signs_nobody_in(front, provider, wrong):
    wrong(provider)
    with browser(front) as visitor:
        answer = followed(visitor, "/auth/login")
        assert answer.status_code == 400
        assert "You are not signed in" in answer.text
        assert COOKIE not in visitor.cookies
        assert visitor.get("/book").status_code == 303


def test_a_sign_in_that_another_browser_began_signs_nobody_in(front, provider):
    with browser(front) as attacker, browser(front) as victim:
        to_provider = attacker.get("/auth/login").headers["location"]
        back = attacker.get(to_provider).headers["location"]
        assert victim.get(back).status_code == 400
        victim.get("/auth/login")
        assert victim.get(back).status_code == 400  # and its state is used up
        assert attacker.get(back).status_code == 400
        assert COOKIE not in victim.cookies


def test_a_code_signs_in_once(front):
    with browser(front) as visitor:
        back = visitor.get(visitor.get("/auth/login").headers["location"]).headers["location"]
        kept = dict(visitor.cookies)
        assert visitor.get(back).status_code == 303
        visitor.cookies.update(kept)
        assert visitor.get(back).status_code == 400


def test_a_provider_that_is_away_or_broken_off_is_a_sentence(front, provider, monkeypatch):
    with browser(front) as visitor:
        state = httpx.URL(visitor.get("/auth/login").headers["location"]).params["state"]
        answer = visitor.get(f"/auth/callback?error=access_denied&state={state}")
        assert answer.status_code == 400
        assert "broken off" in answer.text


def test_somebody_without_a_place_is_told_so(front, provider):
    provider.address = "stranger@x.example"
    with browser(front) as visitor:
        answer = followed(visitor, "/auth/login")
        assert answer.status_code == 403
        assert "stranger@x.example is the address of no CSM" in answer.text
        assert COOKIE not in visitor.cookies


def test_who_signs_out_is_out_everywhere(front):
    with signed_in(front) as visitor:
        stolen = dict(visitor.cookies)
        with socket_of(front, visitor) as opened:
            assert visitor.get("/auth/logout").status_code == 200
            with pytest.raises(ConnectionClosed):
                opened.recv(PATIENCE)
        visitor.cookies.update(stolen)
        assert visitor.get("/book").status_code == 303
        with pytest.raises(InvalidStatus), socket_of(front, visitor):
            pass


def test_a_sign_in_ends_by_itself_and_open_pages_with_it(
    provider, company_home, tmp_path, monkeypatch
):
    monkeypatch.setattr("cs_assets.desk.front.application._GRACE_SECONDS", 0.0)
    given = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET,
             "desk_operations": "c1@x.example", "desk_hours": 2 / 3600}  # fmt: skip
    with fronted(tmp_path, company_home, **given) as front, browser(front) as visitor:
        until(lambda: followed(visitor, "/auth/login").status_code == 200, "a quick sign-in")
        kept = "; ".join(f"{one.name}={one.value}" for one in visitor.cookies.jar)
        with contextlib.suppress(InvalidStatus):  # on a slow machine it is over by now
            opened = connect(front[0].replace("http", "ws"), additional_headers={"cookie": kept})
            with opened as page, pytest.raises(ConnectionClosed):
                page.recv(PATIENCE)
        until(
            lambda: (
                httpx.get(f"{front[0]}/x", headers={"cookie": kept}, timeout=60).status_code == 401
            ),
            "the end of the sign-in",
        )
        asked = httpx.get(f"{front[0]}/_stcore/health", headers={"cookie": kept}, timeout=60)
        assert f"at {front[0]}/auth/login" in asked.json()


def test_nobody_says_themselves_who_they_are(front):
    forged = {session.HEADER: "operations", "X-Forwarded-User": "ops@x.example",
              "Sf-Context-Current-User": "ops", "Authorization": "Bearer x"}  # fmt: skip
    with signed_in(front) as visitor:
        assert visitor.get("/book", headers=forged).text.startswith("csm:")
        with socket_of(front, visitor, **forged) as opened:
            opened.send(message())
            opened.recv(60)
        for given in front[1].headers[-2:]:
            assert COOKIE not in given.get("cookie", "")
            assert not {"x-forwarded-user", "sf-context-current-user", "authorization"} & set(given)
    with browser(front) as stranger:
        assert stranger.get("/book", headers=forged).status_code == 303
        assert stranger.get("/x", headers={**forged, "accept": "*/*"}).status_code == 401


@pytest.mark.parametrize(
    "frame",
    ["text", b"", b"\xff" * 50, b"\x00" * 2_000_000],
    ids=["text", "nothing", "noise", "much"],
)
def test_a_frame_that_is_no_message_reaches_no_page(front, frame):
    before = len(front[1].frames)
    with signed_in(front) as visitor, socket_of(front, visitor) as opened:
        opened.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            opened.recv(PATIENCE)
    told = closed.value.rcvd
    assert told is None or (told.code in (1002, 1009) and "/" not in told.reason)
    assert len(front[1].frames) == before


def test_a_page_whose_scripts_have_not_come_says_what_it_is(front):
    with signed_in(front) as visitor:
        told = visitor.get("/empty").text
    assert "<title>Customer desk</title>" in told
    assert "The desk is opening" in told.partition('<div id="root">')[2]


def test_pages_that_are_away_are_a_sentence(company_home, tmp_path):
    with fronted(tmp_path, company_home, are_there=False) as front, browser(front) as visitor:
        answer = visitor.get("/book")
        assert answer.status_code == 503
        assert "The desk is starting" in answer.text
        assert answer.headers["refresh"] == "2"
        assert 'href="/book"' in answer.text
        with pytest.raises(InvalidStatus), socket_of(front, visitor):
            pass


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("BOSS@x.example", "operations"),
        ("c1@x.example", "csm"),
        ("C2@X.example", "csm"),
        ("ann@x.example", "rep"),
        ("nobody@x.example", None),
        ("", None),
    ],
)
def test_an_address_has_one_role(company_home, address, role):
    with DuckDBWarehouse(path=str(company_home / "warehouse.duckdb")).reading("test") as db:
        found = asker_of(db, address, ["boss@x.example"])
    assert found == (Asker(role, address) if role else None)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "/auth/logout", "x",
               "/a\nb", "/" + "x" * 600, "/é"]
)  # fmt: skip
def test_a_sign_in_leads_back_to_the_desk_alone(wanted):
    assert own_path(wanted) == "/"
    assert own_path("/calls?call=7&at=12") == "/calls?call=7&at=12"


def test_half_a_provider_is_refused(company_home, tmp_path):
    with (
        pytest.raises(UsageError, match="all of OIDC_ISSUER"),
        fronted(tmp_path, company_home, oidc_issuer="https://x.example"),
    ):
        pass


def test_no_forged_request_has_an_effect(tmp_path, tell):
    figure = forged_attempts(tmp_path, count=160)
    tell(figure)
    assert figure.passed, figure.line()


def test_without_the_guard_forged_requests_would_have_effects(tmp_path, monkeypatch):
    """The figure can fail."""
    monkeypatch.setattr("cs_assets.desk.front.application.reason_to_refuse_desk", lambda *_: None)
    assert not forged_attempts(tmp_path, count=20).passed
