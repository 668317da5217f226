# The dashboard alone; PostgreSQL, Redis and a proxy with TLS stand beside it.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY manage.py gunicorn.conf.py ./
COPY dashboard dashboard
COPY tickets_app tickets_app
COPY templates templates
COPY static static
# Static files are named by their content; no secret is needed to collect them.
RUN COPPER_API_KEY=sk_test_build SECRET_KEY=build /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Copper Tickets" \
      org.opencontainers.image.description="An internal dashboard to find and read the Tickets of a Copper account"
RUN useradd --system --uid 10001 --no-create-home tickets
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BIND=0.0.0.0 PORT=8000
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["gunicorn", "dashboard.wsgi"]
