# One image for every node. Node runs the sources as they are, so there is no build step.
FROM node:24-bookworm-slim
WORKDIR /parlour
COPY package.json package-lock.json ./
# The versions of the lock file. Not `npm ci`: it refuses a lock file without the packages of every other platform.
# Optional packages hold native code; only the Node for machines that have an older one is of no use here.
RUN npm install --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin/node
COPY src ./src
RUN mkdir data && chown node:node data
USER node
ENV HOST=0.0.0.0 PORT=2567 DATA_DIR=/parlour/data
EXPOSE 2567
VOLUME /parlour/data
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: the server itself must get SIGTERM.
CMD ["node", "src/main.ts"]
