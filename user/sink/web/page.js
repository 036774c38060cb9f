// SPDX-License-Identifier: Apache-2.0
// Shows the page anew every five seconds, where somebody looks, without losing where
// they are in it; says when the agent does not answer; names the cell under the pointer.
'use strict';

const period_ms = 5000;
const words = { f: 'free', o: 'free for this node', r: 'reserved', c: 'in cooldown', u: 'used', l: 'leaked' };
const silence = document.getElementById('silence');
let answered = new Date();
let timer = 0;

// ---- refresh ----

function clock(time) {
	return time.toISOString().slice(11, 19);
}

function tellSilence(why) {
	silence.textContent = `No answer from the agent since ${clock(answered)} UTC (${why}). ` +
		'What is below is as old. Trying again.';
	silence.hidden = false;
	document.documentElement.classList.add('stale');
}

function tellAnswer() {
	answered = new Date();
	silence.hidden = true;
	document.documentElement.classList.remove('stale');
}

// Links are the only things that can have the focus.
function focused(main) {
	const at = document.activeElement;
	return at && main.contains(at) ? at.getAttribute('href') : null;
}

function show(text) {
	const page = new DOMParser().parseFromString(text, 'text/html');
	const old = document.querySelector('main');
	const main = page.querySelector('main');
	if (!main)
		throw new Error('not a page of podip');
	const href = focused(old);
	const [x, y] = [scrollX, scrollY];
	old.replaceWith(document.adoptNode(main));
	document.title = page.title;
	addLines();
	if (href)
		main.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
	scrollTo({ left: x, top: y, behavior: 'instant' });
}

function isSelecting() {
	const selection = getSelection();
	return selection !== null && !selection.isCollapsed;
}

async function refresh() {
	try {
		const answer = await fetch(location.pathname, {
			cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(period_ms),
		});
		if (!answer.ok)
			throw new Error(`status ${answer.status}`);
		const text = await answer.text();
		if (!isSelecting())
			show(text);
		tellAnswer();
	} catch (error) {
		tellSilence(error.message);
	}
}

// One after the other: an agent that is slow is not asked twice.
async function turn() {
	clearTimeout(timer);
	timer = 0;
	if (document.visibilityState !== 'visible')
		return;
	await refresh();
	clearTimeout(timer);
	timer = setTimeout(turn, period_ms);
}

document.addEventListener('visibilitychange', turn);
timer = setTimeout(turn, period_ms);

// ---- the cell under the pointer ----

function nameOf(address) {
	if (address >> 32n === 0xffffn)
		return [24n, 16n, 8n, 0n].map((by) => (address >> by) & 0xffn).join('.');
	const parts = [];
	for (let by = 112n; by >= 0n; by -= 16n)
		parts.push(((address >> by) & 0xffffn).toString(16));
	const text = parts.join(':');
	const runs = [...text.matchAll(/\b0(?::0)+\b/g)];
	if (!runs.length)
		return text;
	const run = runs.reduce((a, b) => (b[0].length > a[0].length ? b : a));
	const [before, after] = [text.slice(0, run.index), text.slice(run.index + run[0].length)];
	return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}

function cellIndex(map, event) {
	if (event.target.localName === 'i')
		return Array.prototype.indexOf.call(map.children, event.target);
	const box = map.getBoundingClientRect();
	const view = map.viewBox.baseVal;
	const x = Math.floor((event.clientX - box.left) / box.width * view.width);
	const y = Math.floor((event.clientY - box.top) / box.height * view.height);
	return x < 0 || y < 0 || x >= view.width || y >= view.height ? -1 : y * view.width + x;
}

function tellCell(event) {
	const map = event.target.closest && event.target.closest('.map');
	if (!map || event.target === map)
		return;
	const index = cellIndex(map, event);
	const len = Number(map.dataset.len);
	if (index < 0)
		return;
	const base = BigInt(`0x${map.dataset.base}`) + (BigInt(index) << BigInt(128 - len));
	const shown = base >> 32n === 0xffffn ? len - 96 : len;
	const kind = event.target.getAttribute('class')[0];
	const word = kind === 'f' && 'shared' in map.dataset ? "not this node's" : words[kind];
	map.nextElementSibling.textContent = `${nameOf(base)}${len < 128 ? `/${shown}` : ''}: ${word}`;
}

// While it says something the line takes the place of the one below, so that nothing moves.
function addLines() {
	for (const map of document.querySelectorAll('.map')) {
		const line = document.createElement('p');
		line.className = 'at';
		map.after(line);
	}
}

addLines();
document.addEventListener('pointerover', tellCell);
document.addEventListener('pointermove', tellCell);
document.addEventListener('pointerout', (event) => {
	const map = event.target.closest && event.target.closest('.map');
	if (map && !map.contains(event.relatedTarget))
		map.nextElementSibling.textContent = '';
});
