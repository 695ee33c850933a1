module lintel/bench/load

go 1.26
