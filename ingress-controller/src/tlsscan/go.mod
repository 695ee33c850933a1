// What `make tool-it` builds: a client of TLS that scans two processes.
module dev.lintel/tlsscan

go 1.26.0
