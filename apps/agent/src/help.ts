/** The text of `os-agent --help`. */
export const helpText = `Usage: os-agent [COMMAND] [OPTION...]

Keeps the two root slots of this node. Run it as root.

Commands:
  serve      answer calls on the socket (default); started by os-agent.socket
  status     say what this node runs, what is in its slots and what is going on
  settings   say which settings the cluster has made here, what was refused, and
             what has been changed since
  rollback   go back to the other slot: reboots, and holds the node until release
  confirm    make the system that is on trial the one to boot from now on
  release    let the cluster's operator work on this node again
  return     give up a trial whose time is over, disarm a slot that nobody booted; run by
             os-agent-return.timer and os-agent-deadline.timer
  boot       put the records in order after a boot; run by os-agent-boot.service
  drift      compare the settings with the node, and heal where that was asked for; run
             by os-agent-drift.timer, and by os-agent-drift.path after a change

Options:
  --root DIR          prefix of every path (default /)
  --config FILE       configuration (default /etc/KubeOS/agent.json)
  --listen SOCKET     serve: make this socket instead of taking over systemd's
  -o, --output KIND   status, settings: text or json (default text)
  -h, --help          this text
  --version           version of the agent

Examples:
  os-agent status                  What runs here, and is it good?
  os-agent rollback                The new system is bad and the cluster is away.
  os-agent confirm                 The new system is good and the cluster is away:
                                   keep it before the timer returns the node.
  os-agent release                 Hand the node back to the cluster.
  os-agent status -o json | jq .slots
`;
