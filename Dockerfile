# bin/telaah alone: every page, sentence, policy and migration is inside it.
FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=unknown
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /telaah .

FROM alpine:3.22
# Certificates to trust mail servers and Temporal Cloud by, time zones for office calendars, a user without rights.
# The folder is the worker's to write roots of the trail into; a new volume takes its owner over.
RUN apk add --no-cache ca-certificates tzdata && adduser -D -H -u 10001 telaah && install -d -o telaah -g telaah /var/lib/telaah
COPY --from=build /telaah /usr/local/bin/telaah
USER 10001
EXPOSE 8080 9080
ENTRYPOINT ["telaah"]
CMD ["api"]
