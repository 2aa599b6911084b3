# The platform as an image: `docker build -t cs-assets:0.1.0 .`, then deploy by the digest of what was
# pushed. Packages come by hash (requirements.txt); nothing is compiled here and no secret enters.
FROM python:3.13-slim-bookworm@sha256:01f42367a0a94ad4bc17111776fd66e3500c1d87c15bbd6055b7371d39c124fb AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/cs-assets
COPY requirements.txt /src/
RUN /opt/cs-assets/bin/pip install --require-hashes --only-binary :all: -r /src/requirements.txt
COPY pyproject.toml README.md LICENSE /src/
COPY cs_assets /src/cs_assets
COPY resources /src/resources
COPY sensors /src/sensors
COPY schedules /src/schedules
COPY sql /src/sql
RUN /opt/cs-assets/bin/pip install --no-deps --no-build-isolation --no-index /src

FROM python:3.13-slim-bookworm@sha256:01f42367a0a94ad4bc17111776fd66e3500c1d87c15bbd6055b7371d39c124fb
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin cs-assets \
 && install -d -o cs-assets -g cs-assets -m 0700 /var/lib/cs-assets
COPY --from=build /opt/cs-assets /opt/cs-assets
ENV PATH=/opt/cs-assets/bin:$PATH \
    CS_ASSETS_HOME=/var/lib/cs-assets \
    DAGSTER_HOME=/var/lib/cs-assets/dagster \
    DAGSTER_DISABLE_TELEMETRY=1 \
    MPLCONFIGDIR=/tmp \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/cs-assets
VOLUME /var/lib/cs-assets
EXPOSE 3000 3001 8501
STOPSIGNAL SIGTERM
ENTRYPOINT ["cs-assets"]
CMD ["up", "--team", "--host", "0.0.0.0"]
