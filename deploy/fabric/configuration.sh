# Everything that `network.sh` writes before it starts anything: read by it, not run.
# shellcheck shell=bash disable=SC2153

# --- names and numbers ---------------------------------------------------------------------------------------------------

orderer_port() { echo $((BASE_PORT + 10 * $1)); } # +1 operations, +2 admin
index_of() {
  local i
  for i in "${!ORG[@]}"; do if [ "${ORG[$i]}" = "$1" ]; then echo "$i" && return; fi; done
  echo "unknown organisation $1" >&2 && return 1
}
peer_port() { echo $((BASE_PORT + 100 + 10 * $(index_of "$1"))); } # +1 operations, +2 chaincode listener, +3 chaincode
chaincode_port() { echo $(($(peer_port "$1") + 3)); }
domain() { echo "${1,,}.test"; }
members() { local c; for c in $CHANNELS; do if [ "${c%%=*}" = "$1" ]; then echo "${c#*=}" | tr , ' '; fi; done; }
endorsers() { local m; for m in $(members "$1"); do case " $ENDORSERS " in *" $m "*) echo "$m" ;; esac; done; } # of a channel
channels() { local c; for c in $CHANNELS; do echo "${c%%=*}"; done; }
orderer_dir() { echo "$RUN/crypto/ordererOrganizations/ordering.test/orderers/o$1.ordering.test"; }
org_dir() { echo "$RUN/crypto/peerOrganizations/$(domain "$1")"; }
peer_dir() { echo "$(org_dir "$1")/peers/peer0.$(domain "$1")"; }
chaincode_tls() { echo "$(org_dir "$1")/peers/chaincode.$(domain "$1")/tls"; }

# --- identities ----------------------------------------------------------------------------------------------------------

crypto_config() {
  local org i
  echo 'OrdererOrgs:'
  echo '  - {Name: Ordering, Domain: ordering.test, EnableNodeOUs: true, Specs: ['
  for i in $(seq "$ORDERERS"); do echo "      {Hostname: o$i, SANS: [localhost, 127.0.0.1]},"; done
  echo '    ]}'
  echo 'PeerOrgs:'
  for org in "${ORG[@]}"; do crypto_organisation "$org"; done
}

# The second host is the chaincode's: only its TLS certificate is used.
crypto_organisation() {
  cat <<Y
  - Name: $1
    Domain: $(domain "$1")
    EnableNodeOUs: true
    Template: {Count: 1, SANS: [localhost, 127.0.0.1]}
    Specs: [{Hostname: chaincode, SANS: [localhost, 127.0.0.1]}]
    Users: {Count: 1}
Y
}

# --- channels ------------------------------------------------------------------------------------------------------------

organisation() { # NAME MSPDIR
  cat <<Y
  - &$1
    Name: $1
    ID: $1
    MSPDir: $2
    Policies:
      Readers: {Type: Signature, Rule: "OR('$1.member')"}
      Writers: {Type: Signature, Rule: "OR('$1.member')"}
      Admins: {Type: Signature, Rule: "OR('$1.admin')"}
      Endorsement: {Type: Signature, Rule: "OR('$1.peer')"}
Y
}

peer_organisation() { # NAME
  organisation "$1" "crypto/peerOrganizations/$(domain "$1")/msp"
  # Without an anchor peer the organisations never learn of each other, and no endorsement plan can be made.
  echo "    AnchorPeers: [{Host: 127.0.0.1, Port: $(peer_port "$1")}]"
}

policies() { # INDENT, then further "Name: Rule"
  local pad rule
  pad=$(printf "%$1s" '')
  shift
  echo "${pad}Policies:"
  for rule in 'Readers: ANY Readers' 'Writers: ANY Writers' 'Admins: MAJORITY Admins' "$@"; do
    echo "$pad  ${rule%%: *}: {Type: ImplicitMeta, Rule: \"${rule#*: }\"}"
  done
}

# More than half of the hospitals of a channel, by name. "MAJORITY Endorsement" would count every member: a regulator that
# joins to read would raise the number, and two absent organisations would stop everybody.
majority_of_hospitals() { # CHANNEL
  echo "OutOf($(($(endorsers "$1" | wc -l) / 2 + 1)),$(endorsers "$1" | sed "s/.*/'&.peer'/" | paste -sd,))"
}

configtx() {
  local org channel i
  echo 'Organizations:'
  organisation Ordering crypto/ordererOrganizations/ordering.test/msp
  echo '    OrdererEndpoints:'
  for i in $(seq "$ORDERERS"); do echo "      - 127.0.0.1:$(orderer_port "$i")"; done
  for org in "${ORG[@]}"; do peer_organisation "$org"; done
  echo 'Profiles:'
  for channel in $(channels); do channel_profile "$channel"; done
}

channel_profile() { # CHANNEL
  local i
  echo "  $1:"
  policies 4
  # 2.5 has no BFT: V2_0 at the top.
  cat <<Y
    Capabilities: {V2_0: true}
    Orderer:
      OrdererType: etcdraft
      BatchTimeout: $BATCH_TIMEOUT
      BatchSize: {MaxMessageCount: 500, AbsoluteMaxBytes: 20 MB, PreferredMaxBytes: 2 MB}
      Organizations: [*Ordering]
      Capabilities: {V2_0: true}
Y
  policies 6 'BlockValidation: ANY Writers'
  # Elections within about 1-2 s instead of the default's 5-10 s.
  cat <<Y
      EtcdRaft:
        Options: {TickInterval: 100ms, ElectionTick: 10, HeartbeatTick: 1, MaxInflightBlocks: 5, SnapshotIntervalSize: 16 MB}
        Consenters:
Y
  for i in $(seq "$ORDERERS"); do
    echo "          - {Host: 127.0.0.1, Port: $(orderer_port "$i"), ClientTLSCert: $(orderer_dir "$i")/tls/server.crt, ServerTLSCert: $(orderer_dir "$i")/tls/server.crt}"
  done
  cat <<Y
    Application:
      Organizations: [$(members "$1" | sed 's/\([^ ]\+\)/*\1/g; s/ /, /g')]
      Capabilities: {V2_5: true}
Y
  policies 6
  cat <<Y
        Endorsement: {Type: Signature, Rule: "$(majority_of_hospitals "$1")"}
        LifecycleEndorsement: {Type: Signature, Rule: "$(majority_of_hospitals "$1")"}
Y
}

# --- processes: each has its own directory with a complete configuration, and nothing in the environment -----------------

orderer_yaml() { # NUMBER
  local port id
  port=$(orderer_port "$1") id=$(orderer_dir "$1")
  cat <<Y
General:
  ListenAddress: 127.0.0.1
  ListenPort: $port
  TLS: {Enabled: true, PrivateKey: $id/tls/server.key, Certificate: $id/tls/server.crt, RootCAs: [$id/tls/ca.crt], ClientAuthRequired: false}
  Keepalive: {ServerMinInterval: 60s, ServerInterval: 7200s, ServerTimeout: 20s}
  MaxRecvMsgSize: 104857600
  MaxSendMsgSize: 104857600
  Cluster: {SendBufferSize: 100}
  BootstrapMethod: none            # no system channel: channels are joined through the admin port
  LocalMSPDir: $id/msp
  LocalMSPID: Ordering
  BCCSP: {Default: SW, SW: {Hash: SHA2, Security: 256}}
  Authentication: {TimeWindow: 15m}
FileLedger: {Location: $RUN/o$1/ledger}
Operations: {ListenAddress: "127.0.0.1:$((port + 1))", TLS: {Enabled: false}}
Admin: {ListenAddress: "127.0.0.1:$((port + 2))", TLS: {Enabled: false}}  # plain text, on loopback only
Metrics: {Provider: prometheus}
ChannelParticipation: {Enabled: true, MaxRequestBodySize: 1 MB}
Consensus: {WALDir: $RUN/o$1/wal, SnapDir: $RUN/o$1/snap}
Y
}

core_yaml() { # ORGANISATION
  local port id
  port=$(peer_port "$1") id=$(peer_dir "$1")
  # There is no `vm` section: with an endpoint in it the peer looks for Docker.
  cat <<Y
peer:
  id: peer0.$(domain "$1")
  networkId: anamnesis
  listenAddress: 127.0.0.1:$port
  address: 127.0.0.1:$port
  chaincodeListenAddress: 127.0.0.1:$((port + 2))   # not used by chaincode as a service, but opened: must differ per peer
  chaincodeAddress: 127.0.0.1:$((port + 2))
  gateway: {enabled: true, endorsementTimeout: 30s, broadcastTimeout: 30s, dialTimeout: 2m}
  keepalive: {interval: 7200s, timeout: 20s, minInterval: 60s, client: {interval: 60s, timeout: 20s}, deliveryClient: {interval: 60s, timeout: 20s}}
  gossip:
    bootstrap: 127.0.0.1:$port
    externalEndpoint: 127.0.0.1:$port
    orgLeader: true                # every peer takes blocks from an orderer itself; gossip only introduces organisations
    useLeaderElection: false
    state: {enabled: false}
    reconnectInterval: 1s          # default 25s: a peer met too early would stay unknown that long
    publishStateInfoInterval: 1s
    requestStateInfoInterval: 1s
    dialTimeout: 3s
    connTimeout: 2s
    pvtData: {pullRetryThreshold: 5s, transientstoreMaxBlockRetention: 20000, pushAckTimeout: 3s, btlPullMargin: 10, reconcileBatchSize: 10, reconcileSleepInterval: 5m, reconciliationEnabled: true, implicitCollectionDisseminationPolicy: {requiredPeerCount: 0, maxPeerCount: 1}}
  deliveryclient: {blockGossipEnabled: false, reconnectTotalTimeThreshold: 3600s, connTimeout: 3s, reConnectBackoffThreshold: 2s}
  tls: {enabled: true, clientAuthRequired: false, cert: {file: $id/tls/server.crt}, key: {file: $id/tls/server.key}, rootcert: {file: $id/tls/ca.crt}}
  authentication: {timewindow: 15m}
  fileSystemPath: $RUN/$1/data
  BCCSP: {Default: SW, SW: {Hash: SHA2, Security: 256}}
  mspConfigPath: $id/msp
  localMspId: $1
  localMspType: bccsp
  handlers:
    authFilters: [{name: DefaultAuth}, {name: ExpirationCheck}]
    decorators: [{name: DefaultDecorator}]
    endorsers: {escc: {name: DefaultEndorsement}}
    validators: {vscc: {name: DefaultValidation}}
  discovery: {enabled: true, authCacheEnabled: true, authCacheMaxSize: 1000, authCachePurgeRetentionRatio: 0.75}
  limits: {concurrency: {endorserService: 2500, deliverService: 2500, gatewayService: 500}}
chaincode:
  externalBuilders: [{name: ccaas, path: $HERE/ccaas}]
  installTimeout: 60s
  startuptimeout: 60s
  executetimeout: 30s
  mode: net
  logging: {level: warning, shim: warning}
  system: {_lifecycle: enable, cscc: enable, lscc: enable, qscc: enable}
ledger:
  state: {stateDatabase: goleveldb, totalQueryLimit: 100000}
  history: {enableHistoryDatabase: false}
  pvtdataStore: {collElgProcMaxDbBatchSize: 5000, collElgProcDbBatchesInterval: 1000, deprioritizedDataReconcilerInterval: 60m, purgeInterval: 100}
  snapshots: {rootDir: $RUN/$1/snapshots}
operations: {listenAddress: "127.0.0.1:$((port + 1))", tls: {enabled: false}}  # plain text, on loopback only
metrics: {provider: prometheus}
Y
}

# --- chaincode package ---------------------------------------------------------------------------------------------------

json_text() { awk '{printf "%s\\n", $0}' "$1"; } # of a PEM file

# It says where the chaincode runs and how to reach it: mutual TLS, because whoever took that port would decide what the
# peer endorses, and whoever reached it could ask in the peer's name. The content decides the package id: the archive must not depend on the clock or the user.
package() { # ORGANISATION
  local dir=$RUN/$1/package tls
  tls=$(peer_dir "$1")/tls
  mkdir -p "$dir"
  (
    umask 077
    cat >"$dir/connection.json" <<J
{"address":"127.0.0.1:$(chaincode_port "$1")","dial_timeout":"10s","tls_required":true,"client_auth_required":true,
"client_cert":"$(json_text "$tls/server.crt")","client_key":"$(json_text "$tls/server.key")","root_cert":"$(json_text "$(chaincode_tls "$1")/ca.crt")"}
J
    echo "{\"type\":\"ccaas\",\"label\":\"${CHAINCODE}_1\"}" >"$dir/metadata.json"
    local tar=(tar -C "$dir" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner)
    "${tar[@]}" -cf - connection.json | gzip -n >"$dir/code.tar.gz"
    "${tar[@]}" -cf - metadata.json code.tar.gz | gzip -n >"$dir/package.tgz"
  )
}

# --- what clients are told -----------------------------------------------------------------------------------------------

network_json() {
  local org channel i rows=() lists=() operations=() IFS
  for org in "${ORG[@]}"; do
    rows+=("\"$org\":{\"mspId\":\"$org\",\"peer\":\"127.0.0.1:$(peer_port "$org")\",\"tlsRoot\":\"$(peer_dir "$org")/tls/ca.crt\",\"users\":\"$(org_dir "$org")/users\",\"domain\":\"$(domain "$org")\"}")
    operations+=("\"$org\":$(($(peer_port "$org") + 1))")
  done
  for channel in $(channels); do lists+=("\"$channel\":[$(members "$channel" | sed 's/[^ ]\+/"&"/g; s/ /,/g')]"); done
  for i in $(seq "$ORDERERS"); do operations+=("\"o$i\":$(($(orderer_port "$i") + 1))"); done
  IFS=,
  echo "{\"chaincode\":\"$CHAINCODE\",\"orderers\":$ORDERERS,\"basePort\":$BASE_PORT,\"channels\":{${lists[*]}},\"organisations\":{${rows[*]}},\"operations\":{${operations[*]}}}"
}

write_settings() { # for the other verbs
  declare -p ORGS ENDORSERS CHANNELS ORDERERS BASE_PORT BATCH_TIMEOUT CHAINCODE CHAINCODE_DIR >"$RUN/settings"
}

write_config() {
  local i org
  write_settings
  crypto_config >"$RUN/crypto-config.yaml"
  configtx >"$RUN/configtx.yaml"
  network_json >"$RUN/network.json"
  for i in $(seq "$ORDERERS"); do mkdir -p "$RUN/o$i" && orderer_yaml "$i" >"$RUN/o$i/orderer.yaml"; done
  for org in "${ORG[@]}"; do mkdir -p "$RUN/$org" && core_yaml "$org" >"$RUN/$org/core.yaml"; done
}
