#!/bin/bash
# Run once by the image of PostgreSQL on an empty volume: the database, its owner, and the application's login, which cannot become the owner.
set -euo pipefail
psql --username postgres -v ON_ERROR_STOP=1 -v owner="$SEKISHO_OWNER_PASSWORD" -v login="$SEKISHO_LOGIN_PASSWORD" <<'SQL'
CREATE ROLE sekisho LOGIN CREATEROLE PASSWORD :'owner';
CREATE DATABASE sekisho OWNER sekisho;
CREATE ROLE sekisho_app NOLOGIN;
GRANT sekisho_app TO sekisho WITH ADMIN OPTION;
CREATE ROLE sekisho_login LOGIN PASSWORD :'login';
GRANT sekisho_app TO sekisho_login;
SQL
