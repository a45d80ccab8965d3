// All pieces that the environment names, one after the other in one process.
for (const piece of process.env.JUDGES_PIECES.split(",")) await import(`./${piece}.mjs`);
