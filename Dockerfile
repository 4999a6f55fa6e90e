# One image for every role. Without DATABASE_URL it runs its own PostgreSQL under /data: mount a volume there.
#   docker build -t yinqiao .
#   docker run -p 3000:3000 -v yinqiao:/data --env-file yinqiao.env yinqiao
FROM node:24-bookworm-slim

WORKDIR /app
COPY package.json package-lock.json ./
# No package needs its install script; the image has a Node of its own, so the one from npm goes.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/node-bin-* node_modules/.bin/node \
  && npm cache clean --force

COPY src src
COPY handlers handlers
COPY config config
# The embedded server's library links are made now: at run time nothing but /data can be written.
RUN node --input-type=module -e "import { findBinaries } from './src/store/embedded/binaries.ts'; findBinaries(null)" \
  && mkdir /data && chown node:node /data

USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
