module dev.lintel/e2e

go 1.26
