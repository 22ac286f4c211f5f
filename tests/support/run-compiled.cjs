// node run-compiled.cjs PROGRAM ...: the runner without tsx, which would take longer than all the rest.
require(process.argv[2]).main(process.argv.slice(3));
