# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential cmake \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs ./
COPY src src
COPY agents agents
COPY templates templates
COPY benches benches
COPY tests tests
COPY README.md ./
RUN cargo build --release --locked --bin metagen

FROM debian:bookworm-slim
# Certificates, for models that are reached over the network; nothing else is needed.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home metagen \
    && install -d -o metagen /work
COPY --from=build /src/target/release/metagen /usr/local/bin/metagen
# docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" metagen build "A blog"
USER metagen
WORKDIR /work
ENTRYPOINT ["metagen"]
