"""The TCP and UDP sockets of some processes, as the kernel lists them."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

LISTENS = "0A"
TABLES = ("tcp", "tcp6", "udp", "udp6")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Socket(NamedTuple):
    """One socket, its own end and its peer's."""

    process: str
    table: str
    listens: bool
    local: Address
    peer: Address


def sockets_of(pids: Iterable[int]) -> set[Socket]:
    """The sockets that these processes hold open now."""
    known = {inode: row for table in TABLES for inode, row in _rows(table)}
    return {
        Socket(_command(pid), *known[inode])
        for pid in pids
        for inode in _inodes(pid)
        if inode in known
    }


def is_inside(address: Address) -> bool:
    """Whether only this machine is behind an address."""
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def is_nowhere(address: Address) -> bool:
    """The peer of a socket that is connected to nobody."""
    return address.is_unspecified


def _rows(table: str) -> Iterator[tuple[str, tuple[str, bool, Address, Address]]]:
    for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
        fields = line.split()
        local, peer = (_address(end.partition(":")[0]) for end in fields[1:3])
        yield fields[9], (table, fields[3] == LISTENS, local, peer)


def _address(text: str) -> Address:
    # Words of four bytes, each in the byte order of the machine.
    words = [int(text[i : i + 8], 16) for i in range(0, len(text), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return ipaddress.ip_address(socket.inet_ntop(family, packed))


def _inodes(pid: int) -> Iterator[str]:
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            yield target.removeprefix("socket:[").removesuffix("]")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return "gone"
