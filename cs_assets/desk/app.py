"""The desk's pages: ``streamlit run`` begins here, as the front starts it."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import streamlit as st

from cs_assets.answers.scope import Role
from cs_assets.desk import configured
from cs_assets.desk.session import current_viewer, settings
from cs_assets.desk.showing.frame import framed, guarded
from cs_assets.errors import CsAssetsError

#: Not a folder ``pages``: Streamlit would serve its files by itself, to every role.
_FILES = Path(__file__).with_name("screens")
#: By page: its title. Files of these names lie in ``screens``; their addresses are the names.
TITLES = {
    "book": "My book", "portfolio": "Portfolio", "customer": "Customer", "calls": "Calls",
    "coaching": "Coaching", "routing": "Routing", "operations": "Operations",
}  # fmt: skip
#: What each role has, the first thing in the morning first.
PAGES: dict[Role, tuple[str, ...]] = {
    "csm": ("book", "customer", "calls"),
    "rep": ("coaching", "calls"),
    "manager": ("portfolio", "customer", "calls", "coaching", "routing"),
    "operations": ("portfolio", "customer", "calls", "coaching", "routing", "operations"),
}
#: Whose each page is, for others who follow a link to it.
_OF = {
    "book": "for CSMs", "portfolio": "for managers and operations",
    "customer": "for who looks after customers", "coaching": "for reps and who leads them",
    "routing": "for managers and operations", "operations": "for operations",
}  # fmt: skip


def main() -> None:
    """The pages that who looks has, and the one that is open."""
    st.set_page_config(page_title="Customer desk", layout="wide")
    pages = None
    with guarded():
        try:
            names = PAGES[current_viewer().asker.role]
            pages = _pages(names, configured.brand(settings().cs_assets_config_dir).name)
        except CsAssetsError:
            st.title("Customer desk", anchor=False)
            raise
    if pages is not None:
        st.navigation(pages, position="top").run()


def _pages(names: Sequence[str], brand: str) -> list[st.Page]:
    def first() -> None:
        framed(import_module(f"cs_assets.desk.screens.{names[0]}").show)

    # The bare address shows the first page too; the default page itself could have no address.
    home = st.Page(first, title=brand, url_path="home", default=True, visibility="hidden")
    own = [st.Page(_FILES / f"{n}.py", title=TITLES[n], url_path=n) for n in names]
    others = [_of_others(n, names) for n in TITLES if n not in names]
    return [home, *own, *others]


def _of_others(name: str, own: Sequence[str]) -> st.Page:
    """What stands at the address of a page that this role has not: whose it is, and no more."""

    def told(_: object) -> None:
        yours = ", ".join(TITLES[one] for one in own)
        st.info(f"{TITLES[name]} is a page {_OF[name]}. Yours are: {yours}.")

    return st.Page(lambda: framed(told), title=TITLES[name], url_path=name, visibility="hidden")


if __name__ == "__main__":
    main()
