// Reads a Parquet file for agent-view(1): parquet.mjs FILE LAST
//
// Writes what parquet.py beside it writes, JSON lines: first
// {"rows":N,"columns":[{"name":S,"type":S},...]}, then the rows as objects,
// all of them or the LAST ones (0: all), until nobody reads on.  Uses the
// package hyparquet, and hyparquet-compressors where it is, from the folders
// of global packages, never from the current folder; without them it ends
// with status 69.

import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const BATCH = 20000
const FOLDERS = (process.env.NODE_PATH ?? '').split(':').filter(d => d.startsWith('/')).concat(
	'/usr/local/lib/node_modules', '/usr/lib/node_modules', '/usr/local/share/nodejs', '/usr/share/nodejs')

// The package, or undefined where it is not.
async function find(name) {
	for (const dir of FOLDERS) {
		const manifest = `${dir}/${name}/package.json`
		if (!existsSync(manifest))
			continue
		const { exports: e, main, module } = JSON.parse(readFileSync(manifest, 'utf8'))
		let entry = e?.['.'] ?? e
		while (entry && typeof entry === 'object')
			entry = entry.import ?? entry.node ?? entry.default
		return import(pathToFileURL(`${dir}/${name}/${entry ?? module ?? main ?? 'index.js'}`).href)
	}
}

// What JSON has no word for becomes text; NaN becomes null.
function plain(v) {
	if (v === undefined || v === null || typeof v === 'boolean' || typeof v === 'string')
		return v ?? null
	if (typeof v === 'number')
		return Number.isFinite(v) ? v : null
	if (typeof v === 'bigint')
		return v >= Number.MIN_SAFE_INTEGER && v <= Number.MAX_SAFE_INTEGER ? Number(v) : String(v)
	if (v instanceof Date)
		return Number.isNaN(v.getTime()) ? null : v.toISOString().replace(/T00:00:00\.000Z$/, '')
	if (ArrayBuffer.isView(v))
		return Buffer.from(v.buffer, v.byteOffset, Math.min(16, v.byteLength)).toString('hex')
	if (Array.isArray(v))
		return v.map(plain)
	return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]))
}

// All of it, to a pipe whose reader may be slow or gone.
function write(text) {
	const bytes = Buffer.from(text)
	for (let at = 0; at < bytes.length;)
		try {
			at += writeSync(1, bytes, at)
		} catch (error) {
			if (error.code === 'EPIPE')
				process.exit(0)
			if (error.code !== 'EAGAIN')
				throw error
		}
}

function type(column) {
	const { logical_type: logical, converted_type: converted, type } = column.element
	return String(logical?.type ?? converted ?? type ?? (column.children.length ? 'GROUP' : '')).toLowerCase()
}

async function main() {
	const [path, last] = [process.argv[2], Number(process.argv[3])]
	const parquet = await find('hyparquet')
	if (!parquet) {
		process.stderr.write('the package hyparquet of node is not installed here\n')
		process.exit(69)
	}
	const compressors = (await find('hyparquet-compressors'))?.compressors
	const fd = openSync(path, 'r')
	const file = {
		byteLength: fstatSync(fd).size,
		slice(from, to = this.byteLength) {
			const bytes = new Uint8Array(to - from)
			let n = 0, got
			while (n < bytes.length && (got = readSync(fd, bytes, n, bytes.length - n, from + n)) > 0)
				n += got
			return bytes.buffer.slice(0, n)
		},
	}
	const metadata = await parquet.parquetMetadataAsync(file)
	const columns = parquet.parquetSchema(metadata).children
	const rows = Number(metadata.num_rows)
	write(JSON.stringify({ rows, columns: columns.map(c => ({ name: c.element.name, type: type(c) })) }) + '\n')

	// The text of each member up to its value: any name is one, __proto__ too.
	const names = columns.map(c => JSON.stringify(c.element.name) + ':')
	// Group by group, so that what is held is bounded by the writer's choice.
	const begin = last ? Math.max(0, rows - last) : 0
	let group = 0
	for (const { num_rows } of metadata.row_groups) {
		const end = group + Number(num_rows)
		for (let at = Math.max(group, begin); at < end; at += BATCH) {
			await parquet.parquetRead({ file, metadata, compressors, rowStart: at,
				rowEnd: Math.min(end, at + BATCH), onComplete: some => {
					write(some.map(r => '{' + names.map((n, i) => n +
						JSON.stringify(plain(r[i]))).join() + '}\n').join(''))
				} })
		}
		group = end
	}
	closeSync(fd)
}

main().catch(error => {
	process.stderr.write(`${error.name}: ${error.message}\n`)
	process.exit(1)
})
