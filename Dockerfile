# A static binary on an empty image, run by nobody.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/feria . \
 && mkdir -p /out/data /out/tmp && chown 65532:65532 /out/data /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/feria /feria
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
# FERIA_URL is to be set where people reach it by another name than localhost:8080.
ENV FERIA_ADDR=0.0.0.0:8080 FERIA_DATA=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/feria"]
