#!/usr/bin/env bash
# A Fabric 2.5 network on loopback without containers: hospitals with a peer each, a regulator, Raft orderers.
#
#   network.sh up     RUN          configuration, identities, processes, channels, chaincode
#   network.sh ready  RUN          wait until every channel has a leader and every member can be asked to endorse
#   network.sh down   RUN          stop everything; the data stays
#   network.sh start  RUN [NAME…]  all processes, or the named ones, on the data of an earlier `up`
#   network.sh kill   RUN NAME…    kill -9; names are o1…, an organisation, or an organisation with -cc for its chaincode
#   network.sh config RUN CHANNEL  fetch the channel's current configuration block into RUN/CHANNEL.config.block
#   network.sh join   RUN NAME CHANNEL   a hospital joins a channel of the running network; a new one gets identities and a peer
#   network.sh leave  RUN NAME CHANNEL   an organisation leaves a channel
#   network.sh as     RUN NAME …   the command `peer …` as an organisation's administrator at its own peer
#
# Fabric's commands (peer orderer configtxgen cryptogen osnadmin discover) are taken from FABRIC_BIN, or else from PATH.
# `up` keeps its parameters in RUN/settings, so that the other verbs need none. RUN/network.json is for clients.
set -euo pipefail
ORGS=${ORGS:-"HospitalA HospitalB HospitalC Regulator"} # MSP id = name
CHANNELS=${CHANNELS:-"c1=HospitalA,HospitalB,HospitalC c2=HospitalA,HospitalB,HospitalC,Regulator"}
ENDORSERS=${ENDORSERS:-"HospitalA HospitalB HospitalC"} # more than half of them must endorse
ORDERERS=${ORDERERS:-3}                                 # 3 survive the loss of one
BASE_PORT=${BASE_PORT:-17000}                           # 10 ports per orderer, from +100 10 per organisation
BATCH_TIMEOUT=${BATCH_TIMEOUT:-200ms}                   # the floor of every commit latency
CHAINCODE=${CHAINCODE:-anchor}
WAIT_SECONDS=${WAIT_SECONDS:-120} # for each thing waited for: a busy machine is slow, not broken
HERE=$(dirname "$(readlink -f "$0")")
CHAINCODE_DIR=${CHAINCODE_DIR:-"$HERE/../../chaincode/anchor"} # built, with node_modules

[ $# -ge 2 ] || { sed -n '2,16s/^# \{0,1\}//p' "$0" && exit 2; }
VERB=$1
mkdir -p "$2" && RUN=$(readlink -f "$2")
shift 2
if [ "$VERB" != up ] && [ -f "$RUN/settings" ]; then . "$RUN/settings"; fi
CHAINCODE_DIR=$(readlink -f "$CHAINCODE_DIR")
read -ra ORG <<<"$ORGS"
export FABRIC_LOGGING_SPEC=${FABRIC_LOGGING_SPEC:-warning}
. "$HERE/configuration.sh"
. "$HERE/membership.sh"

fabric() { if [ -n "${FABRIC_BIN:-}" ]; then echo "$FABRIC_BIN/$1"; else command -v "$1"; fi; }
say() { echo "fabric: $*" >&2; }
fail() { say "$*" && return 1; }

until_true() { # WHAT COMMAND...: within WAIT_SECONDS
  local what=$1 end=$((SECONDS + WAIT_SECONDS))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "$what: not within $WAIT_SECONDS s" || return
    sleep 0.1
  done
}

# --- processes -----------------------------------------------------------------------------------------------------------
# RUN/processes/NAME holds the process id and its start time: after a crash the id may belong to somebody else.

started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" {print $20}'; } # a zombie does not run
pid_of() { # NAME: prints the id if it still runs
  local pid time
  read -r pid time 2>/dev/null <"$RUN/processes/$1" || return 1
  [ "$(started "$pid")" = "$time" ] && echo "$pid"
}
log_of() { case $1 in *-cc) echo "$RUN/${1%-cc}/chaincode.log" ;; *) echo "$RUN/$1/log" ;; esac; }
port_of() {
  case $1 in
    *-cc) chaincode_port "${1%-cc}" ;;
    o[0-9]*) orderer_port "${1#o}" ;;
    *) peer_port "$1" ;;
  esac
}
is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

launch() { # NAME DIRECTORY COMMAND...: in a process group of its own
  local name=$1 dir=$2
  shift 2
  mkdir -p "$RUN/processes"
  (cd "$dir" && exec setsid "$@" >>"$(log_of "$name")" 2>&1 </dev/null) &
  echo "$! $(started $!)" >"$RUN/processes/$name"
}

start_process() { # NAME
  ! pid_of "$1" >/dev/null || fail "$1 is already running" || return
  # Another network on this port would answer the health check in our place, and be given our channels.
  ! is_open "$(port_of "$1")" || fail "port $(port_of "$1") is taken: choose another BASE_PORT" || return
  case $1 in
    *-cc) start_chaincode "${1%-cc}" ;;
    o[0-9]*) FABRIC_CFG_PATH=$RUN/$1 launch "$1" "$RUN/$1" "$(fabric orderer)" start ;;
    *) FABRIC_CFG_PATH=$RUN/$1 launch "$1" "$RUN/$1" "$(fabric peer)" node start ;;
  esac
}

start_chaincode() { # ORGANISATION
  local tls
  tls=$(chaincode_tls "$1")
  CHAINCODE_ADDRESS=127.0.0.1:$(chaincode_port "$1") CHAINCODE_ID=$(cat "$RUN/$1/package/id") CHAINCODE_TLS_CERT_FILE=$tls/server.crt \
    CHAINCODE_TLS_KEY_FILE=$tls/server.key CHAINCODE_TLS_CLIENT_CA_FILE=$tls/ca.crt launch "$1-cc" "$CHAINCODE_DIR" node start.mjs
}

is_serving() { # NAME
  case $1 in
    *-cc) is_open "$(port_of "$1")" ;;
    *) curl -s -m 5 "http://127.0.0.1:$(($(port_of "$1") + 1))/healthz" | grep -q '"OK"' ;;
  esac
}

await_process() { # NAME
  local end=$((SECONDS + WAIT_SECONDS))
  until is_serving "$1"; do
    if ! pid_of "$1" >/dev/null || [ $SECONDS -ge $end ]; then
      tail -n 15 "$(log_of "$1")" >&2
      fail "$1 does not serve: the end of $(log_of "$1") is above" || return
    fi
    sleep 0.1
  done
}

nodes() { seq -f 'o%g' "$ORDERERS" && printf '%s\n' "${ORG[@]}"; }

start_named() { # NAME...
  local name
  for name in "$@"; do start_process "$name"; done
  for name in "$@"; do await_process "$name"; done
}

kill_named() { # NAME...
  local name pid
  for name in "$@"; do
    pid=$(pid_of "$name") || fail "$name does not run"
    kill -KILL -- "-$pid"
  done
}

is_all_stopped() {
  local name
  for name in $(ls "$RUN/processes" 2>/dev/null); do if pid_of "$name" >/dev/null; then return 1; fi; done
}

stop_all() {
  local name pid signal
  for signal in TERM KILL; do
    for name in $(ls "$RUN/processes" 2>/dev/null); do
      # A stopped process takes no TERM before it continues.
      if pid=$(pid_of "$name"); then kill "-$signal" -- "-$pid" 2>/dev/null && kill -CONT -- "-$pid" 2>/dev/null || true; fi
    done
    if (WAIT_SECONDS=15 && until_true 'stop' is_all_stopped 2>/dev/null); then break; fi
  done
  rm -rf "$RUN/processes"
}

# --- channels and chaincode ----------------------------------------------------------------------------------------------

as_admin() { # ORGANISATION PEER-COMMAND...
  local org=$1
  index_of "$org" >/dev/null
  shift
  FABRIC_LOGGING_SPEC=error FABRIC_CFG_PATH=$RUN/$org CORE_PEER_LOCALMSPID=$org CORE_PEER_ADDRESS=127.0.0.1:$(peer_port "$org") \
    CORE_PEER_CLIENT_CONNTIMEOUT=${WAIT_SECONDS}s \
    CORE_PEER_MSPCONFIGPATH=$(org_dir "$org")/users/Admin@$(domain "$org")/msp CORE_PEER_TLS_ROOTCERT_FILE=$(peer_dir "$org")/tls/ca.crt \
    "$(fabric peer)" "$@"
}

ORDERING=(-o "127.0.0.1:$(orderer_port 1)" --tls --cafile "$(orderer_dir 1)/tls/ca.crt" --connTimeout "${WAIT_SECONDS}s")

create_channel() { # CHANNEL
  local i org answer
  FABRIC_CFG_PATH=$RUN "$(fabric configtxgen)" -profile "$1" -channelID "$1" -outputBlock "$RUN/$1.block"
  for i in $(seq "$ORDERERS"); do
    # osnadmin ends with 0 even when the orderer said no.
    answer=$("$(fabric osnadmin)" channel join --channelID "$1" --config-block "$RUN/$1.block" -o "127.0.0.1:$(($(orderer_port "$i") + 2))")
    grep -q 'Status: 201' <<<"$answer" || fail "$answer"
  done
  for org in $(members "$1"); do as_admin "$org" channel join -b "$RUN/$1.block"; done
}

has_leader() { # CHANNEL
  local i
  for i in $(seq "$ORDERERS"); do
    curl -s -m 5 "http://127.0.0.1:$(($(orderer_port "$i") + 1))/metrics" | grep -q "^consensus_etcdraft_is_leader{channel=\"$1\"} 1" && return
  done
  return 1
}

await_leaders() {
  local channel
  for channel in $(channels); do until_true "a leader on $channel" has_leader "$channel"; done
}

install_chaincode() { # ORGANISATION
  package "$1"
  as_admin "$1" lifecycle chaincode calculatepackageid "$RUN/$1/package/package.tgz" >"$RUN/$1/package/id"
  start_process "$1-cc"
  as_admin "$1" lifecycle chaincode install "$RUN/$1/package/package.tgz"
}

approve_and_commit() { # CHANNEL
  local org first='' peers=() definition=(--channelID "$1" --name "$CHAINCODE" --version 1 --sequence 1 --waitForEventTimeout "${WAIT_SECONDS}s")
  for org in $(members "$1"); do
    as_admin "$org" lifecycle chaincode approveformyorg "${ORDERING[@]}" "${definition[@]}" --package-id "$(cat "$RUN/$org/package/id")"
    peers+=(--peerAddresses "127.0.0.1:$(peer_port "$org")" --tlsRootCertFiles "$(peer_dir "$org")/tls/ca.crt")
    first=${first:-$org}
  done
  as_admin "$first" lifecycle chaincode commit "${ORDERING[@]}" "${definition[@]}" "${peers[@]}"
}

can_plan() { # ORGANISATION CHANNEL: its peer knows every member's chaincode
  local user seen
  user=$(org_dir "$1")/users/User1@$(domain "$1")/msp
  seen=$("$(fabric discover)" --peerTLSCA "$(peer_dir "$1")/tls/ca.crt" --MSP "$1" --userKey "$user"/keystore/* --userCert "$user"/signcerts/* \
    peers --channel "$2" --server "127.0.0.1:$(peer_port "$1")" 2>/dev/null | grep -c "\"$CHAINCODE\"" || true)
  [ "$seen" -ge "$(members "$2" | wc -w)" ]
}

# Committed is not yet usable: the gateway plans endorsements from what gossip has told its peer so far.
await_ready() {
  local channel org
  await_leaders
  for channel in $(channels); do
    for org in $(members "$channel"); do until_true "$org knows the endorsers of $channel" can_plan "$org" "$channel"; done
  done
}

fetch_config() { # CHANNEL
  as_admin "$(members "$1" | cut -d' ' -f1)" channel fetch config "$RUN/$1.config.block.new" "${ORDERING[@]}" -c "$1" 2>/dev/null
  mv "$RUN/$1.config.block.new" "$RUN/$1.config.block"
}

# --- verbs ---------------------------------------------------------------------------------------------------------------

need_commands() {
  local tool
  for tool in peer orderer configtxgen cryptogen osnadmin discover; do
    [ -x "$(fabric $tool)" ] || { say "no $tool: set FABRIC_BIN or PATH to the commands of Fabric 2.5" && exit 3; }
  done
  "$(fabric peer)" version | grep -q 'Version: v\?2\.5\.' || { say 'Fabric 2.5 is wanted' && exit 3; }
  command -v curl >/dev/null || { say 'curl is wanted' && exit 3; }
  [ -d "$CHAINCODE_DIR/node_modules/fabric-shim" ] && [ -d "$CHAINCODE_DIR/dist" ] || { say "build $CHAINCODE_DIR first" && exit 3; }
}

up() {
  local channel org
  [ ! -e "$RUN/crypto" ] || fail "$RUN is already in use"
  write_config
  "$(fabric cryptogen)" generate --config "$RUN/crypto-config.yaml" --output "$RUN/crypto" >/dev/null
  chmod -R go= "$RUN/crypto"
  trap '[ $? -eq 0 ] || stop_all' EXIT # leave no half network running
  start_named $(nodes)
  say "$ORDERERS orderers and ${#ORG[@]} peers serve"
  for channel in $(channels); do create_channel "$channel"; done
  await_leaders # without one the approvals are refused
  say "channels $(channels | paste -sd' ') have a leader"
  for org in "${ORG[@]}"; do install_chaincode "$org"; done
  for org in "${ORG[@]}"; do await_process "$org-cc"; done
  say "chaincode $CHAINCODE is installed"
  for channel in $(channels); do approve_and_commit "$channel"; done
  say "chaincode $CHAINCODE is committed"
  await_ready
  for channel in $(channels); do fetch_config "$channel"; done
  touch "$RUN/complete"
}

start_everything() { # what does not run
  local name stopped=()
  for name in $(nodes) $(printf '%s-cc\n' "${ORG[@]}"); do pid_of "$name" >/dev/null || stopped+=("$name"); done
  start_named "${stopped[@]}"
  say 'all processes serve'
  await_ready
}

case $VERB in
  up) need_commands && up ;;
  ready) need_commands && await_ready ;;
  start) need_commands && if [ $# -gt 0 ]; then start_named "$@"; else start_everything; fi ;;
  kill) kill_named "$@" ;;
  join) need_commands && join "$@" ;;
  leave) need_commands && leave "$@" ;;
  as) need_commands && as_admin "$@" ;;
  config) need_commands && fetch_config "$1" ;;
  down) stop_all ;;
  *) say "unknown verb $VERB" && exit 2 ;;
esac
