# How an organisation joins a channel of a running network, and leaves it: read by `network.sh`, not run. README.md says
# who does which of these steps when the organisations are not on one machine.
# shellcheck shell=bash

without() { tr ' ' '\n' | grep -vx "$1" | paste -sd' '; } # NAME, from a list on stdin

set_members() { # CHANNEL MEMBER...
  local channel=$1 c kept=()
  shift
  for c in $CHANNELS; do
    if [ "${c%%=*}" = "$channel" ]; then kept+=("$channel=$(echo "$*" | tr ' ' ,)"); else kept+=("$c"); fi
  done
  CHANNELS=${kept[*]}
}

sequence_of() { node "$HERE/config-update.mjs" sequence "$RUN/$1.config.block"; } # CHANNEL

block_number() { node "$HERE/config-update.mjs" number "$RUN/$1.config.block"; }

is_updated() { # CHANNEL OLD-SEQUENCE
  fetch_config "$1" && [ "$(sequence_of "$1")" -gt "$2" ]
}

has_block() { # ORGANISATION CHANNEL NUMBER
  local height
  height=$(as_admin "$1" channel getinfo -c "$2" 2>/dev/null | sed -n 's/.*"height":\([0-9]*\).*/\1/p')
  [ "${height:-0}" -gt "$3" ]
}

# Computed from what the configuration is and what configtxgen says it is to be, signed by a majority of the administrators.
update_channel() { # CHANNEL members|policies SIGNER...
  local channel=$1 what=$2 update=$RUN/$1.$2.tx sequence i
  shift 2
  local signers=("$@") last=$(($# / 2))
  fetch_config "$channel"
  sequence=$(sequence_of "$channel")
  configtx >"$RUN/configtx.yaml"
  FABRIC_CFG_PATH=$RUN "$(fabric configtxgen)" -profile "$channel" -channelID "$channel" -outputBlock "$RUN/$channel.wanted.block"
  node "$HERE/config-update.mjs" "$what" "$channel" "$RUN/$channel.config.block" "$RUN/$channel.wanted.block" "$update"
  for ((i = 0; i < last; i++)); do as_admin "${signers[$i]}" channel signconfigtx -f "$update"; done
  as_admin "${signers[$last]}" channel update -f "$update" -c "$channel" "${ORDERING[@]}" # whoever submits signs too
  until_true "the update of $channel" is_updated "$channel" "$sequence"
  # A peer judges by the configuration it has: one that lags would plan endorsements by the old policies.
  # Neither who is yet to join nor who has just left is sent it.
  for i in $(members "$channel"); do
    case " ${signers[*]} " in *" $i "*) until_true "$i has the update" has_block "$i" "$channel" "$(block_number "$channel")" ;; esac
  done
}

committed() { # CHANNEL Version|Sequence: of the chaincode's definition
  as_admin "$(members "$1" | cut -d' ' -f1)" lifecycle chaincode querycommitted --channelID "$1" --name "$CHAINCODE" |
    sed -n "s/.*\b$2: \([^,]*\),.*/\1/p"
}

new_organisation() { # NAME: its own identities, made by itself; a peer of its own
  ORGS="$ORGS $1" && ORG+=("$1")
  { echo 'PeerOrgs:' && crypto_organisation "$1"; } >"$RUN/$1.crypto-config.yaml"
  "$(fabric cryptogen)" generate --config "$RUN/$1.crypto-config.yaml" --output "$RUN/crypto" >/dev/null
  chmod -R go= "$RUN/crypto"
  mkdir -p "$RUN/$1" && core_yaml "$1" >"$RUN/$1/core.yaml"
  start_named "$1"
}

join() { # ORGANISATION CHANNEL: as a hospital, whose endorsement counts
  local org=$1 channel=$2 old version sequence
  read -ra old <<<"$(members "$channel")"
  [ "${#old[@]}" -gt 0 ] || fail "no channel $channel"
  case " ${old[*]} " in *" $org "*) fail "$org is a member of $channel" ;; esac
  version=$(committed "$channel" Version) sequence=$(committed "$channel" Sequence)
  [ -d "$(org_dir "$org")" ] || new_organisation "$org"
  set_members "$channel" "${old[@]}" "$org"
  update_channel "$channel" members "${old[@]}"
  say "$org is a member of $channel"

  # A peer joins with the first block and takes the others from the orderers.
  until_true "$org reads $channel" as_admin "$org" channel fetch 0 "$RUN/$channel.block" "${ORDERING[@]}" -c "$channel" 2>/dev/null
  as_admin "$org" channel join -b "$RUN/$channel.block"
  # Until it has taken the blocks up to the one that names it, it knows nobody of its organisation.
  until_true "$org has taken the blocks of $channel" has_block "$org" "$channel" "$(block_number "$channel")"
  if [ ! -f "$RUN/$org/package/id" ]; then install_chaincode "$org" && await_process "$org-cc"; fi
  as_admin "$org" lifecycle chaincode approveformyorg "${ORDERING[@]}" --channelID "$channel" --name "$CHAINCODE" \
    --version "$version" --sequence "$sequence" --waitForEventTimeout "${WAIT_SECONDS}s" --package-id "$(cat "$RUN/$org/package/id")"
  until_true "$org knows the endorsers of $channel" can_plan "$org" "$channel"
  say "$org runs $CHAINCODE on $channel"

  # Now that it can endorse, its endorsement counts.
  case " $ENDORSERS " in *" $org "*) ;; *) ENDORSERS="$ENDORSERS $org" ;; esac
  update_channel "$channel" policies "${old[@]}" "$org"
  keep_membership
  await_ready
}

leave() { # ORGANISATION CHANNEL
  local org=$1 channel=$2 all rest
  read -ra all <<<"$(members "$channel")"
  read -ra rest <<<"$(echo "${all[*]}" | without "$org")"
  [ "${#rest[@]}" -lt "${#all[@]}" ] || fail "$org is no member of $channel"
  # First its endorsement no longer counts, then it goes: the other way round the policies would name a stranger.
  set_members "$channel" "${rest[@]}"
  update_channel "$channel" policies "${rest[@]}" "$org"
  update_channel "$channel" members "${rest[@]}" "$org"
  keep_membership
  say "$org has left $channel"
}

keep_membership() {
  write_settings
  network_json >"$RUN/network.json"
}
