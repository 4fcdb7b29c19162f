# Finds a JDK new enough to build and run Prism, wherever this machine keeps one. POSIX sh, sourced by mvnw and prism.

JDK_MINIMUM=25

# Sets and exports JAVA_HOME, or says what is missing and ends the calling script.
find_jdk() {
  JAVA_HOME=$(jdk_home) || exit 1
  export JAVA_HOME
}

jdk_home() {
  # Named on purpose, so a wrong one is a mistake to report rather than to work around.
  if [ -n "${PRISM_JAVA_HOME:-}" ]; then
    if ! jdk_suits "$PRISM_JAVA_HOME"; then
      echo "PRISM_JAVA_HOME must be a JDK $JDK_MINIMUM or newer, but $PRISM_JAVA_HOME is $(jdk_description "$PRISM_JAVA_HOME")" >&2
      return 1
    fi
    printf '%s\n' "$PRISM_JAVA_HOME"
    return
  fi
  # A pipeline runs in a subshell, hence the answer comes out as text; `break` leaves the rest unread.
  jdk_found=$(jdk_candidates | while IFS= read -r jdk_candidate; do
    if jdk_suits "$jdk_candidate"; then
      printf '%s\n' "$jdk_candidate"
      break
    fi
  done)
  if [ -z "$jdk_found" ]; then
    jdk_explain >&2
    return 1
  fi
  printf '%s\n' "$jdk_found"
}

# One folder per line, most deliberate choice first; folders that do not exist are dropped later.
jdk_candidates() {
  if [ -n "${JAVA_HOME:-}" ]; then
    printf '%s\n' "$JAVA_HOME"
  fi
  if command -v java >/dev/null 2>&1; then
    jdk_of_command "$(command -v java)"
  fi
  if [ -x /usr/libexec/java_home ]; then
    # Without a match it names any other JDK, or fails: both are sorted out later.
    /usr/libexec/java_home -v "$JDK_MINIMUM+" 2>/dev/null || true
  fi
  if [ -r "$HOME/.m2/toolchains.xml" ]; then
    sed -n 's:.*<jdkHome>[[:space:]]*\(.*[^[:space:]]\)[[:space:]]*</jdkHome>.*:\1:p' "$HOME/.m2/toolchains.xml"
  fi
  for jdk_folder in "$HOME"/.sdkman/candidates/java/* /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/*jdk*; do
    printf '%s\n' "$jdk_folder"
  done
}

# /usr/bin/java → /etc/alternatives/java → <home>/bin/java; `readlink -f` is missing on older macOS.
jdk_of_command() {
  jdk_command=$1
  while [ -L "$jdk_command" ]; do
    jdk_link=$(readlink "$jdk_command")
    case $jdk_link in
      /*) jdk_command=$jdk_link ;;
      *) jdk_command=$(dirname "$jdk_command")/$jdk_link ;;
    esac
  done
  (cd "$(dirname "$jdk_command")/.." 2>/dev/null && pwd -P) || true
}

jdk_suits() {
  [ -x "$1/bin/javac" ] || return 1
  jdk_major=$(jdk_version "$1")
  jdk_major=${jdk_major%%[!0-9]*}
  [ "${jdk_major:-0}" -ge "$JDK_MINIMUM" ]
}

# Reading a file is a thousand times faster than starting a JVM to ask it.
jdk_version() {
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\(.*\)".*/\1/p' "$1/release"
  fi
}

jdk_description() {
  if [ ! -d "$1" ]; then
    echo "not a folder"
  elif [ ! -x "$1/bin/javac" ]; then
    echo "not a JDK (no bin/javac)"
  else
    jdk_found_version=$(jdk_version "$1")
    echo "version ${jdk_found_version:-unknown (no release file)}"
  fi
}

jdk_explain() {
  cat <<EXPLANATION
Prism needs a JDK $JDK_MINIMUM or newer, and none was found. Looked at:
  JAVA_HOME, java on the PATH, /usr/libexec/java_home, ~/.m2/toolchains.xml, ~/.sdkman/candidates/java,
  /usr/lib/jvm, /Library/Java/JavaVirtualMachines, /opt/*jdk*
which hold:
EXPLANATION
  jdk_candidates | sort -u | while IFS= read -r jdk_candidate; do
    if [ -d "$jdk_candidate" ]; then
      printf '  %s: %s\n' "$jdk_candidate" "$(jdk_description "$jdk_candidate")"
    fi
  done
  cat <<EXPLANATION
Get one from https://adoptium.net, or with a package manager:
  sdk install java $JDK_MINIMUM-tem | brew install --cask temurin@$JDK_MINIMUM | apt install temurin-$JDK_MINIMUM-jdk
One in another folder is taken when PRISM_JAVA_HOME names it.
EXPLANATION
}
