# What the examples' scripts have in common. POSIX sh, sourced; wants the checkout's folder in $root.

# Ends the script with the status that says: this cannot run here, and nothing is wrong with it.
missing() {
  printf '%s is missing: %s\n' "$1" "$2" >&2
  exit 3
}

require_buf() {
  command -v buf >/dev/null || missing buf "npm install -g @bufbuild/buf@1.75.0, or see https://buf.build/docs/installation"
}

# generate <template> <folder>: the stubs, by the contract's own template.
generate() {
  (cd "$root/prism-proto" && buf generate --template "$1" --output "$2")
}

# Exports where Prism is and who asks: the one of this checkout, unless another is named.
find_prism() {
  if [ -z "${PRISM_API_KEY:-}" ]; then
    # Another one's is not told the key of this one.
    [ -z "${PRISM_ADDRESS:-}" ] || fail "PRISM_ADDRESS is set, so PRISM_API_KEY has to be, too"
    key_file=${PRISM_DATA:-$root/.prism}/api-key
    [ -r "$key_file" ] || fail "there is no $key_file: ./prism up makes it; or set PRISM_ADDRESS and PRISM_API_KEY"
    PRISM_API_KEY=$(cat "$key_file")
  fi
  PRISM_ADDRESS=${PRISM_ADDRESS:-127.0.0.1:${PRISM_PORT:-8980}}
  export PRISM_ADDRESS PRISM_API_KEY
}

fail() {
  printf '%s: %s\n' "$0" "$1" >&2
  exit 1
}
