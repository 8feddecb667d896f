"""Plays the part of systemd that keeps a socket unit: it owns the listening socket and starts the program when somebody
connects and no program runs. systemd-socket-activate(1) does that only once.

activate.py SOCKET PROGRAM [ARGUMENT...]; writes `started PID` and `ended STATUS` (negative: a signal) on stdout.
"""
import os
import select
import socket
import sys

path, *command = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(128)


def say(*words):
    print(*words, flush=True)


while True:
    select.select([listener], [], [])
    pid = os.fork()
    if pid == 0:
        if listener.fileno() != 3:
            os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
        os.execvp(command[0], command)
    say("started", pid)
    say("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
