# Two stages: wheels are installed where a compiler may be needed, the image holds what runs.
ARG BASE=docker.io/library/python:3.11-slim

FROM ${BASE} AS build
# requirements-extras.txt: with a limit of requests (Redis) and OpenTelemetry.
ARG REQUIREMENTS=requirements.txt
COPY ${REQUIREMENTS} /build/requirements.txt
RUN python3 -m venv /opt/digest \
 && /opt/digest/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check -r /build/requirements.txt \
 && /opt/digest/bin/python -m compileall -q -j 0 /opt/digest/lib

FROM ${BASE}
COPY --from=build /opt/digest /opt/digest
COPY openapi.yaml /srv/digest/
COPY deploy/gunicorn.conf.py /srv/digest/deploy/
COPY service /srv/digest/service
RUN /opt/digest/bin/python -m compileall -q /srv/digest/service
WORKDIR /srv/digest
# The root file system may be read-only: what changes lies in memory, in /dev/shm, and so does the
# home of a user who is but a number.
ENV PATH=/opt/digest/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 HOST=0.0.0.0 PORT=8000 TMPDIR=/dev/shm HOME=/dev/shm
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
# The exec form: gunicorn is process 1 and gets TERM itself.
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "service.api:create_app()"]
