"""Runs on an instance, or as somebody on its internet, as root: tries connections and tells of every packet that came in, of TCP those that
begin a connection. One JSON list a line, [operation, arguments...], is answered by one JSON value a line. Of the standard library alone:
it is sent as text."""

import itertools
import json
import socket
import struct
import sys
import threading
import time
import urllib.error
import urllib.request

seen, sessions, floods = [], {}, {}
echoes = itertools.count(1)
SYN, ACK = 0x02, 0x10


def sniff(packets):
    while True:
        data, where = packets.recvfrom(65535)
        if where[2] == socket.PACKET_OUTGOING or where[0] == "lo":
            continue
        head = (data[0] & 15) * 4
        protocol = data[9]
        if protocol == socket.IPPROTO_TCP and data[head + 13] & (SYN | ACK) != SYN:
            continue  # of a connection that was let in before
        port = data[head] if protocol == 1 else struct.unpack("!H", data[head + 2:head + 4])[0]
        seen.append([protocol, socket.inet_ntoa(data[12:16]), port])


def echo(connection):
    with connection:
        while data := connection.recv(4096):
            connection.sendall(data)


def serve(listener):
    while True:
        threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()


def listen(port):
    listener = socket.create_server(("0.0.0.0", port), backlog=64)
    threading.Thread(target=serve, args=(listener,), daemon=True).start()


def can_connect(address, port, wait):
    try:
        socket.create_connection((address, port), timeout=wait).close()
        return True
    except OSError:
        return False


def tcp(address, waits):
    """Of {port: seconds to wait}, those that answer."""
    answers = {}
    threads = [threading.Thread(target=lambda port=port, wait=wait: answers.update({port: can_connect(address, int(port), wait)}))
               for port, wait in waits.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(int(port) for port, answered in answers.items() if answered)


def udp(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"datagram", (address, port))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ping(address, wait):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as icmp:
        # An echo by a number that was let through before would be part of what is tracked.
        body = struct.pack("!HH", next(echoes), 1)
        icmp.sendto(struct.pack("!BBH", 8, 0, checksum(struct.pack("!BBH", 8, 0, 0) + body)) + body, (address, 0))
        deadline = time.monotonic() + wait
        while (left := deadline - time.monotonic()) > 0:
            icmp.settimeout(left)
            try:
                answer, (source, _) = icmp.recvfrom(1500)
            except OSError:
                return False
            if source == address and answer[20] == 0:
                return True
        return False


def spoof(source, address, port):
    """A datagram that says it comes from `source`."""
    datagram = struct.pack("!HHHH", 999, port, 8 + 5, 0) + b"spoof"
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 17, 0, socket.inet_aton(source), socket.inet_aton(address))
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        try:
            raw.sendto(header + datagram, (address, 0))
        except OSError:
            pass  # its own kernel refuses it already


def begin(name, address, port):
    sessions[name] = socket.create_connection((address, port), timeout=5)


def is_alive(name, wait):
    try:
        sessions[name].settimeout(wait)
        sessions[name].sendall(b"still there?")
        return sessions[name].recv(64) != b""
    except OSError:
        return False


def flood(name, address, ports):
    """Datagrams to each of the ports, until `calm`."""
    floods[name] = [True, 0]

    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while floods[name][0]:
                for port in ports:
                    sender.sendto(b"flood", (address, port))
                floods[name][1] += 1
                time.sleep(0.005)

    floods[name].append(threading.Thread(target=send))
    floods[name][2].start()


def calm(name):
    floods[name][0] = False
    floods[name][2].join()
    return floods[name][1]


def http(method, url, fields):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=fields), timeout=5) as answer:
            return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, ""]


def take_seen():
    taken = seen[:]
    del seen[:len(taken)]
    return taken


def main():
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
    threading.Thread(target=sniff, args=(packets,), daemon=True).start()
    operations = {each.__name__: each for each in (listen, tcp, udp, ping, spoof, begin, is_alive, flood, calm, http, take_seen)}
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        operation, *arguments = json.loads(line)
        print(json.dumps(operations[operation](*arguments)), flush=True)


main()
