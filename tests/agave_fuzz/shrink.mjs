export async function shrink(run, failure) { console.log(JSON.stringify(failure, null, 1).slice(0, 3000)); }
