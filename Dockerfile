# The dashboard alone; PostgreSQL, Redis and a proxy with TLS stand beside it (compose.yaml, docs/deploy.md).
# tests/deploy/test_image.py runs the commands below, as they stand here, without a Docker engine.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/python -m pip install --quiet --require-hashes -r requirements.txt
COPY . .
# Static files are named by their content; no secret is needed to collect them. What is compiled here need not be there.
RUN SECRET_KEY=build COPPER_API_KEY=sk_test_build /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q .

FROM python:3.13-slim-trixie
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Copper Tickets" \
      org.opencontainers.image.description="An internal dashboard to find and read the Tickets of a Copper account" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="python:3.13-slim-trixie"
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# It writes nothing but to /tmp and /dev/shm, so the root file system can be read-only.
ENV PATH=/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BIND=0.0.0.0 PORT=8000
# A number, so that Kubernetes can see that it is not root; it owns nothing.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
CMD ["gunicorn", "dashboard.wsgi"]
