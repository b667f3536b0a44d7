# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# Next seals the arguments of form actions with this key. Without the secret each image gets its own key and refuses forms that another
# image rendered.
RUN --mount=type=secret,id=action_key \
    mkdir -m 700 .data && if [ -s /run/secrets/action_key ]; then install -m 600 /run/secrets/action_key .data/action.key; fi \
    && node scripts/commands/build.ts && npm prune --omit=dev && rm -rf .next/cache node_modules/node-linux-*

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production SEKISHO_MODE=production
COPY --from=build /app /app
# The program cannot change itself. It writes locks to .data, and a native part of the compiler unpacks itself into ~/.cache.
RUN chown -R node:node .data
USER node
EXPOSE 3000
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning"]
CMD ["scripts/commands/serve.ts"]
