//! Layered graph layout: layers by longest path, an order within each layer that minimizes crossings, and vertical
//! positions that keep lines straight. After Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of
//! Hierarchical System Structures". Pure: numbers in, numbers out.
use super::is_implied;
use std::collections::VecDeque;

/// The number of ordering passes. More passes do not improve graphs of this size.
const SWEEPS: usize = 24;

/// A position for every box, and a route for every arrow that is kept.
pub(super) struct Layout {
    /// The layer and the vertical centre of each box.
    pub(super) boxes: Vec<(usize, f64)>,
    /// For each kept arrow: its index, and the points it passes in the layers between its ends, each as layer and
    /// vertical centre.
    pub(super) routes: Vec<(usize, Vec<(usize, f64)>)>,
    /// The number of layers.
    pub(super) layers: usize,
    /// The total height.
    pub(super) height: f64,
}

/// Vertical distances.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    /// The distance between the centres of adjacent boxes.
    pub(super) apart: f64,
    /// The distance between the centres of adjacent lines.
    pub(super) line: f64,
}

/// Lays out `n` boxes with these arrows. `full` marks the arrows whose paths can imply other arrows. Arrows that are
/// implied, or that would close a cycle, get no route.
pub(super) fn layout(n: usize, arrows: &[(usize, usize)], full: &[bool], sizes: Sizes) -> Layout {
    let order = topological(n, arrows);
    let kept = reduced(arrows, full, &order);
    let layer = layers(n, arrows, &kept, &order);
    let mut grid = Grid::new(&layer, arrows, &kept);
    grid.order();
    let y = grid.heights(sizes);
    let height = y.iter().fold(0.0_f64, |most, y| most.max(*y));
    let boxes = layer.iter().copied().zip(y.iter().copied()).collect();
    let point = |item: &usize| (grid.layer[*item], y[*item]);
    let routes = grid.routes.iter().map(|(arrow, via)| (*arrow, via.iter().map(point).collect())).collect();
    Layout { boxes, routes, layers: grid.rows.len(), height }
}

/// Each box's position in topological order; boxes on a cycle come last, in their original order.
fn topological(n: usize, arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut open = vec![0; n];
    for (_, to) in arrows {
        open[*to] += 1;
    }
    let mut ready: VecDeque<usize> = (0..n).filter(|i| open[*i] == 0).collect();
    let mut order = Vec::with_capacity(n);
    while let Some(next) = ready.pop_front() {
        order.push(next);
        for (_, to) in arrows.iter().filter(|(from, _)| *from == next) {
            open[*to] -= 1;
            if open[*to] == 0 {
                ready.push_back(*to);
            }
        }
    }
    let mut placed = vec![false; n];
    order.iter().for_each(|i| placed[*i] = true);
    order.extend((0..n).filter(|i| !placed[*i]));
    let mut place = vec![0; n];
    order.iter().enumerate().for_each(|(p, i)| place[*i] = p);
    place
}

/// The arrows that go forward and are not implied by a longer path of full arrows (transitive reduction).
fn reduced(arrows: &[(usize, usize)], full: &[bool], place: &[usize]) -> Vec<usize> {
    let forward: Vec<usize> = (0..arrows.len()).filter(|a| place[arrows[*a].0] < place[arrows[*a].1]).collect();
    let implying: Vec<(usize, usize)> = forward.iter().filter(|a| full[**a]).map(|a| arrows[*a]).collect();
    forward.into_iter().filter(|a| !is_implied(&arrows[*a], &implying)).collect()
}

/// Layers by longest path; a box without incoming arrows is placed directly before its first successor.
fn layers(n: usize, arrows: &[(usize, usize)], kept: &[usize], place: &[usize]) -> Vec<usize> {
    let mut layer = vec![0; n];
    let mut sorted: Vec<(usize, usize)> = kept.iter().map(|a| arrows[*a]).collect();
    sorted.sort_by_key(|(from, _)| place[*from]);
    for (from, to) in &sorted {
        layer[*to] = layer[*to].max(layer[*from] + 1);
    }
    for (i, l) in layer.clone().into_iter().enumerate() {
        let first = sorted.iter().filter(|(from, _)| *from == i).map(|(_, to)| layer[*to]).min();
        if let (0, Some(first)) = (l, first) {
            layer[i] = first - 1;
        }
    }
    layer
}

/// The boxes, plus a point for every layer that a line passes, as items in layers.
struct Grid {
    boxes: usize,
    /// The layer of each item.
    layer: Vec<usize>,
    /// The items of each layer, from top to bottom.
    rows: Vec<Vec<usize>>,
    /// Each item's neighbours in the previous layer, and in the next layer.
    near: [Vec<Vec<usize>>; 2],
    /// The points each arrow passes.
    routes: Vec<(usize, Vec<usize>)>,
}

impl Grid {
    fn new(layer: &[usize], arrows: &[(usize, usize)], kept: &[usize]) -> Self {
        let (boxes, mut layer) = (layer.len(), layer.to_vec());
        let mut links = Vec::new();
        let mut routes = Vec::new();
        for &arrow in kept {
            let (mut last, to) = arrows[arrow];
            let mut via = Vec::new();
            for between in layer[last] + 1..layer[to] {
                let point = layer.len();
                layer.push(between);
                links.push((last, point));
                via.push(point);
                last = point;
            }
            links.push((last, to));
            routes.push((arrow, via));
        }
        let mut rows = vec![Vec::new(); layer.iter().max().map_or(0, |m| m + 1)];
        layer.iter().enumerate().for_each(|(item, l)| rows[*l].push(item));
        let mut near = [vec![Vec::new(); layer.len()], vec![Vec::new(); layer.len()]];
        for (a, b) in links {
            near[1][a].push(b);
            near[0][b].push(a);
        }
        Self { boxes, layer, rows, near, routes }
    }

    fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.layer.len()];
        for row in &self.rows {
            row.iter().enumerate().for_each(|(p, item)| places[*item] = p);
        }
        places
    }

    /// Orders each layer by the mean position of its neighbours, forward and backward, and keeps the order with the
    /// fewest crossings.
    fn order(&mut self) {
        let (mut best, mut least) = (self.rows.clone(), self.crossings());
        for sweep in 0..SWEEPS {
            let side = sweep % 2;
            let there: Vec<usize> = (0..self.rows.len()).collect();
            let way: Vec<usize> = if side == 0 { there } else { there.into_iter().rev().collect() };
            for l in way {
                let places = self.places();
                let mean = |item: usize| {
                    let near: Vec<f64> = self.near[side][item].iter().map(|i| places[*i] as f64).collect();
                    if near.is_empty() { places[item] as f64 } else { near.iter().sum::<f64>() / near.len() as f64 }
                };
                let mut row: Vec<(f64, usize)> = self.rows[l].iter().map(|i| (mean(*i), *i)).collect();
                row.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.rows[l] = row.into_iter().map(|(_, item)| item).collect();
            }
            let crossings = self.crossings();
            if crossings < least {
                (best, least) = (self.rows.clone(), crossings);
            }
        }
        self.rows = best;
    }

    fn crossings(&self) -> usize {
        let places = self.places();
        let mut crossings = 0;
        for row in &self.rows {
            let mut links: Vec<(usize, usize)> = Vec::new();
            for (p, item) in row.iter().enumerate() {
                links.extend(self.near[1][*item].iter().map(|to| (p, places[*to])));
            }
            for (n, a) in links.iter().enumerate() {
                crossings += links[n..].iter().filter(|b| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1)).count();
            }
        }
        crossings
    }

    /// Moves every item towards the mean height of its neighbours, layer by layer, without changing the order.
    fn heights(&self, sizes: Sizes) -> Vec<f64> {
        let mut y = vec![0.0; self.layer.len()];
        let offsets: Vec<Vec<f64>> = self.rows.iter().map(|row| self.offsets(row, sizes)).collect();
        for (row, offsets) in self.rows.iter().zip(&offsets) {
            row.iter().zip(offsets).for_each(|(item, o)| y[*item] = *o);
        }
        for sweep in 0..SWEEPS {
            // The last sweeps use the neighbours on both sides, so that every item is aligned with both.
            let sides: &[usize] = if sweep + 4 >= SWEEPS { &[0, 1] } else { &[[0], [1]][sweep % 2] };
            let there: Vec<usize> = (0..self.rows.len()).collect();
            let way: Vec<usize> = if sweep % 2 == 0 { there } else { there.into_iter().rev().collect() };
            for l in way {
                let wish = |item: &usize| {
                    let near: Vec<f64> = sides.iter().flat_map(|s| &self.near[*s][*item]).map(|i| y[*i]).collect();
                    if near.is_empty() { y[*item] } else { near.iter().sum::<f64>() / near.len() as f64 }
                };
                let wishes: Vec<f64> = self.rows[l].iter().zip(&offsets[l]).map(|(i, o)| wish(i) - o).collect();
                let granted = rising(&wishes);
                for ((item, o), g) in self.rows[l].iter().zip(&offsets[l]).zip(granted) {
                    y[*item] = g + o;
                }
            }
        }
        let top = y.iter().copied().fold(f64::INFINITY, f64::min);
        y.iter().map(|y| y - top).collect()
    }

    /// The minimum distance of each item from the first item of its layer.
    fn offsets(&self, row: &[usize], sizes: Sizes) -> Vec<f64> {
        let op = |item: usize| if item < self.boxes { sizes.apart / 2.0 } else { sizes.line / 2.0 };
        let mut offset = 0.0;
        let mut offsets = Vec::with_capacity(row.len());
        for (n, item) in row.iter().enumerate() {
            if let Some(above) = n.checked_sub(1).and_then(|n| row.get(n)) {
                offset += op(*above) + op(*item);
            }
            offsets.push(offset);
        }
        offsets
    }
}

/// The nondecreasing sequence nearest to these values (pool adjacent violators).
fn rising(wishes: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for wish in wishes {
        let mut pool = (*wish, 1);
        while let Some(last) = pools.pop_if(|last| last.0 / last.1 as f64 > pool.0 / pool.1 as f64) {
            pool = (last.0 + pool.0, last.1 + pool.1);
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(|(sum, n)| std::iter::repeat_n(sum / n as f64, n)).collect()
}
