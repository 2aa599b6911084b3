"""The desk's pages: ``streamlit run`` begins here, as the front starts it."""

import streamlit as st

from cs_assets.desk.session import current_viewer
from cs_assets.errors import CsAssetsError

st.set_page_config(page_title="cs-assets")
try:
    st.title(f"Signed in: {current_viewer().address}")
except CsAssetsError as error:
    st.warning(error.told())
    st.stop()
