# The application: one image, started with another command for each process (docker-compose.yml).
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin rrmm \
    && mkdir -p /app/var && chown rrmm: /app/var
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
RUN python -m compileall -q .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/app/var
USER rrmm
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "help"]
