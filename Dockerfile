# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1
WORKDIR /app
COPY requirements.lock ./
# Wheels only: nothing is compiled, so no compiler is ever installed. The installer itself does not come along.
RUN python -m venv /venv \
 && /venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.lock \
 && /venv/bin/python -m pip uninstall --quiet --yes setuptools pip
COPY . .
# The same launcher and path line as `make install` writes.
RUN printf '/app\n' > /venv/lib/python3.11/site-packages/hoert.pth \
 && printf '%s\n' '#!/bin/sh' 'exec /venv/bin/python -P -m hoert "$@"' > /venv/bin/hoert \
 && chmod 755 /venv/bin/hoert \
 && /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app /venv/lib

FROM python:3.11-slim-bookworm
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Hørt" \
      org.opencontainers.image.description="Young people leaving care are answered, asked and heard; municipalities see one honest figure." \
      org.opencontainers.image.licenses="MPL-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN groupadd --gid 10001 hoert \
 && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /data --shell /usr/sbin/nologin hoert \
 && install --directory --mode 0700 --owner 10001 --group 10001 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOERT_DATA_DIR=/data \
    HOERT_BIND=0.0.0.0:8080
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['HOERT_BIND'].rpartition(':')[2] + '/healthz', timeout=4)"]
ENTRYPOINT ["hoert"]
CMD ["serve"]
