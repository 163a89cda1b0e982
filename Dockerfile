# KMM in a container: no shell script, no root, no write access to its own files. How to run it: docs/deployment.md.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json main.ts probe.ts ./
COPY src ./src
COPY bench ./bench
RUN npm run build && rm dist/.tsbuildinfo

FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:20.20.2-bookworm-slim
# Nothing is installed in a running container: package managers are of use to nobody but an intruder.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn* \
  && install -d -m 0700 -o node -g node /data
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
COPY packaging/healthcheck.mjs ./packaging/healthcheck.mjs
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER 1000:1000
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/packaging/healthcheck.mjs", "/data/runs"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["start", "--out", "/data/runs"]
