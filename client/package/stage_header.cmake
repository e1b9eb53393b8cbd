# cmake -DFROM=… -DTO=… -P: a public header as it is installed.
file(READ ${FROM} text)
string(REPLACE "#include \"client/" "#include \"trebol/" text "${text}")
file(WRITE ${TO} "${text}")
