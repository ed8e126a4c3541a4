"use strict";

// Draws every element with data-chart="ID" from the JSON in #ID. The words come with the numbers, the colours from the
// page, and everything drawn stands in a table beside it.
(() => {
  // On the canvas as the reader wants them, in what opens over it in full.
  const { exact, shown: figure, signed } = numbers;

  // A colour of the page as the canvas understands it, whatever function of CSS it is written with.
  function colour(css) {
    const probe = document.createElement("span");
    probe.style.color = css;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  function look() {
    return {
      ink: colour("var(--tblr-body-color)"),
      quiet: colour("var(--tblr-secondary)"),
      line: colour("var(--tblr-border-color)"),
      main: colour("var(--tblr-primary)"),
      plan: colour("var(--chart-plan)"),
      here: colour("var(--chart-here)"),
      up: colour("var(--tblr-primary)"),
      down: colour("var(--chart-down)"),
      surface: colour("var(--tblr-bg-surface)"),
      font: getComputedStyle(document.body).fontFamily,
    };
  }

  const base = (the) => ({
    animation: false,
    textStyle: { fontFamily: the.font, color: the.ink },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: the.surface,
      borderColor: the.line,
      textStyle: { color: the.ink, fontFamily: the.font },
      valueFormatter: (value) => (value == null ? "–" : exact(value)),
    },
  });

  const amounts = (the) => ({
    type: "value",
    minInterval: 1,
    axisLabel: { color: the.quiet, formatter: figure },
    splitLine: { lineStyle: { color: the.line } },
  });

  const names = (the, data) => ({
    type: "category",
    data,
    axisLabel: { color: the.quiet, hideOverlap: true },
    axisLine: { lineStyle: { color: the.line } },
    axisTick: { show: false },
  });

  const legend = (the, data) => ({ top: 0, left: 0, icon: "roundRect", itemWidth: 16, itemHeight: 8, textStyle: { color: the.ink }, data });
  const unseen = { type: "line", stack: "band", showSymbol: false, silent: true, lineStyle: { opacity: 0 } };

  // An interval: what it stands on is not seen, and its height is drawn upon it.
  const interval = ({ name, low, high }, look) => [
    { ...unseen, ...look, name: "", data: low, areaStyle: { opacity: 0 } },
    { ...unseen, ...look, name, data: high.map((value, at) => (value == null ? null : value - low[at])) },
  ];

  function course(data, the) {
    const two = Boolean(data.increment);
    // One width for both, so that a period stands above itself.
    const grid = { left: 68, right: 16, outerBoundsMode: "none" };
    const grids = [{ ...grid, top: 34, bottom: two ? "37%" : 26 }];
    const x = [names(the, data.periods)];
    const y = [amounts(the)];
    const series = [
      {
        name: data.cumulative.name,
        type: "line",
        data: data.cumulative.values,
        symbolSize: 5,
        lineStyle: { width: 3 },
        areaStyle: { opacity: 0.15 },
        color: the.main,
      },
    ];
    if (data.still_here) {
      const drawn = { symbolSize: 4, lineStyle: { width: 2 }, color: the.here };
      series.push({ name: data.still_here.name, type: "line", data: data.still_here.values, ...drawn });
    }
    if (data.plan) {
      series.push({
        name: data.plan.name,
        type: "line",
        data: data.plan.values,
        showSymbol: false,
        lineStyle: { width: 2, type: "dashed" },
        color: the.plan,
      });
    }
    if (two) {
      grids.push({ ...grid, top: "73%", bottom: 26 });
      x.push({ ...names(the, data.periods), gridIndex: 1 });
      y.push({ ...amounts(the), gridIndex: 1, splitNumber: 2 });
      series.push({
        name: data.increment.name,
        type: "bar",
        data: data.increment.values,
        xAxisIndex: 1,
        yAxisIndex: 1,
        barMaxWidth: 28,
        color: colour("var(--chart-increment)"),
      });
    }
    const { band } = data;
    if (band) {
      series.push({ name: data.median.name, type: "line", data: data.median.values, showSymbol: false, lineStyle: { width: 2, type: "dotted" }, color: the.main });
      series.push(...interval(band, { color: the.main, areaStyle: { opacity: 0.22 } }));
    }
    const options = base(the);
    const told = (one) => `${one.marker} ${one.seriesName}  ${exact(one.value)}`;
    const shown = (all) => all.filter((one) => one.value != null && one.seriesName && one.seriesName !== band?.name);
    const spread = (at) => (band?.low[at] == null ? [] : [`${band.name}  ${exact(band.low[at])} – ${exact(band.high[at])}`]);
    const period = (all) => [all[0].name, ...shown(all).sort((a, b) => a.seriesIndex - b.seriesIndex).map(told), ...spread(all[0].dataIndex)].join("\n");
    return {
      ...options,
      tooltip: { ...options.tooltip, trigger: "axis", formatter: period },
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      legend: legend(the, series.map((one) => one.name).filter(Boolean)),
      grid: grids,
      xAxis: x,
      yAxis: y,
      series,
    };
  }

  function bars(data, the) {
    const pale = new Set(data.pale);
    return {
      ...base(the),
      grid: { left: 8, right: 56, top: 8, bottom: 8, outerBoundsMode: "same" },
      xAxis: { ...amounts(the), axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: {
        ...names(the, data.labels),
        inverse: true,
        axisLabel: { color: the.ink, width: 170, overflow: "truncate" },
      },
      series: [
        {
          name: data.name,
          type: "bar",
          barMaxWidth: 22,
          cursor: "pointer",
          label: { show: true, position: "right", color: the.ink, formatter: (one) => figure(one.value) },
          data: data.values.map((value, place) => ({
            value,
            itemStyle: { color: pale.has(place) ? the.quiet : the.main },
          })),
        },
      ],
    };
  }

  function waterfall(data, the) {
    let level = data.opening.value;
    const hidden = [0];
    const shown = [{ value: level, itemStyle: { color: the.quiet }, says: figure(level), exact: exact(level) }];
    for (const step of data.steps) {
      hidden.push(Math.min(level, level + step.value));
      const said = { says: signed(step.value), exact: signed(step.value, exact) };
      shown.push({ value: Math.abs(step.value), itemStyle: { color: step.value < 0 ? the.down : the.up }, ...said });
      level += step.value;
    }
    hidden.push(0);
    shown.push({ value: data.closing.value, itemStyle: { color: the.quiet }, says: figure(data.closing.value), exact: exact(data.closing.value) });
    const labels = [data.opening.name, ...data.steps.map((step) => step.name), data.closing.name];
    const options = base(the);
    return {
      ...options,
      tooltip: { ...options.tooltip, formatter: (one) => `${one.name}\n${one.data.exact}` },
      grid: { left: 8, right: 16, top: 28, bottom: 8, outerBoundsMode: "same" },
      xAxis: {
        ...names(the, labels),
        axisLabel: { color: the.ink, interval: 0, width: 110, overflow: "break", hideOverlap: false },
      },
      yAxis: amounts(the),
      series: [
        { type: "bar", stack: "steps", silent: true, data: hidden, itemStyle: { color: "transparent" }, tooltip: { show: false } },
        {
          type: "bar",
          stack: "steps",
          barMaxWidth: 64,
          cursor: data.links ? "pointer" : "default",
          data: shown,
          label: { show: true, position: "top", color: the.ink, formatter: (one) => one.data.says },
        },
      ],
    };
  }

  function fan(data, the) {
    const options = base(the);
    const { low, high } = data.band;
    const line = (name, values, more) => ({ name, type: "line", data: values, showSymbol: false, ...more });
    const rows = [data.counted, data.median, data.plan];
    const told = (all) => {
      const at = all[0].dataIndex;
      const said = rows.filter((one) => one.values[at] != null).map((one) => `${one.name}  ${exact(one.values[at])}`);
      if (low[at] != null) said.push(`${data.band.name}  ${exact(low[at])} – ${exact(high[at])}`);
      return [data.periods[at], ...said].join("\n");
    };
    return {
      ...options,
      tooltip: { ...options.tooltip, trigger: "axis", formatter: told },
      legend: legend(the, [data.counted.name, data.median.name, data.band.name, data.plan.name]),
      grid: { left: 68, right: 16, top: 58, bottom: 26, outerBoundsMode: "none" },
      xAxis: names(the, data.periods),
      yAxis: amounts(the),
      series: [
        ...interval(data.band, { color: the.main, areaStyle: { opacity: 0.22 } }),
        line(data.plan.name, data.plan.values, { lineStyle: { width: 2, type: "dashed" }, color: the.plan }),
        line(data.median.name, data.median.values, { lineStyle: { width: 2, type: "dotted" }, color: the.main }),
        line(data.counted.name, data.counted.values, {
          lineStyle: { width: 3 },
          color: the.ink,
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: the.quiet },
            label: { formatter: `${data.goal.name} ${figure(data.goal.value)}`, color: the.ink, position: "insideStartTop" },
            data: [{ yAxis: data.goal.value }],
          },
        }),
      ],
    };
  }

  function characteristic(data, the) {
    const options = base(the);
    const axis = (name, more) => ({
      type: "value",
      name,
      axisLabel: { color: the.quiet },
      splitLine: { lineStyle: { color: the.line } },
      ...more,
    });
    const told = (all) => `${data.shares}  ${all[0].value[0]}\n${data.likely}  ${all[0].value[1]}`;
    return {
      ...options,
      tooltip: { ...options.tooltip, trigger: "axis", formatter: told },
      grid: { left: 40, right: 20, top: 34, bottom: 44, outerBoundsMode: "none" },
      xAxis: axis(data.shares, {
        nameLocation: "middle",
        nameGap: 26,
        nameTextStyle: { color: the.ink },
        min: 0,
        max: data.points[data.points.length - 1][0],
      }),
      yAxis: axis(data.likely, { nameGap: 12, nameTextStyle: { color: the.ink, align: "left" }, min: 0, max: 100 }),
      series: [
        {
          name: data.name,
          type: "line",
          data: data.points,
          showSymbol: false,
          lineStyle: { width: 3 },
          color: the.main,
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: the.plan, type: "dashed" },
            label: { formatter: data.aql.name, color: the.ink, position: "insideEndTop" },
            data: [{ xAxis: data.aql.at }],
          },
        },
      ],
    };
  }

  function values(data, the) {
    const options = base(the);
    const told = (all) => `${all[0].value[0]}\n${data.name}  ${exact(all[0].value[1])} ${data.unit}`;
    return {
      ...options,
      tooltip: { ...options.tooltip, trigger: "axis", formatter: told },
      grid: { left: 68, right: 24, top: 34, bottom: 30, outerBoundsMode: "none" },
      xAxis: {
        type: "time",
        axisLabel: { color: the.quiet, hideOverlap: true },
        axisLine: { lineStyle: { color: the.line } },
      },
      yAxis: {
        type: "value",
        name: data.unit,
        nameTextStyle: { color: the.ink, align: "right" },
        min: 0,
        max: (range) => Math.max(range.max, data.goal.value),
        axisLabel: { color: the.quiet, formatter: figure },
        splitLine: { lineStyle: { color: the.line } },
      },
      series: [
        {
          name: data.name,
          type: "line",
          data: data.points,
          symbolSize: 7,
          lineStyle: { width: 3 },
          color: the.main,
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: the.plan, type: "dashed", width: 2 },
            label: { formatter: data.goal.name, color: the.ink, position: "insideStartTop" },
            data: [{ yAxis: data.goal.value }],
          },
        },
      ],
    };
  }

  // One's own course beside where half of the others lay; a period without a value is a gap.
  function peers(data, the) {
    const options = base(the);
    const told = (all) => {
      const at = all[0].dataIndex;
      const value = (one) => (one == null ? "–" : exact(one) + data.unit);
      const said = [`${data.own.name}  ${value(data.own.values[at])}`];
      if (data.middle.values[at] != null) said.push(`${data.middle.name}  ${value(data.middle.values[at])}`);
      if (data.band && data.band.low[at] != null) said.push(`${data.band.name}  ${value(data.band.low[at])} – ${value(data.band.high[at])}`);
      return [data.periods[at], ...said].join("\n");
    };
    const filled = { color: colour("var(--chart-increment)"), areaStyle: { opacity: 0.45 } };
    const spread = data.band ? interval(data.band, filled) : [];
    return {
      ...options,
      tooltip: { ...options.tooltip, trigger: "axis", formatter: told },
      grid: { left: 44, right: 12, top: 12, bottom: 24, outerBoundsMode: "none" },
      xAxis: { ...names(the, data.periods), boundaryGap: true },
      yAxis: {
        ...amounts(the),
        min: 0,
        ...(data.unit === "%" ? { max: 100, interval: 50 } : { splitNumber: 2 }),
        axisLabel: { color: the.quiet, formatter: (value) => figure(value) + data.unit },
      },
      series: [
        ...spread,
        {
          name: data.middle.name,
          type: "line",
          data: data.middle.values,
          showSymbol: data.middle.values.filter((one) => one != null).length === 1,
          lineStyle: { width: 2, type: "dashed" },
          color: the.plan,
        },
        {
          name: data.own.name,
          type: "line",
          data: data.own.values,
          symbol: data.own.dots ? "roundRect" : "circle",
          symbolSize: data.own.dots ? 11 : 7,
          lineStyle: { width: 3, opacity: data.own.dots ? 0 : 1 },
          color: the.main,
        },
      ],
    };
  }

  const kinds = { course, bars, waterfall, fan, characteristic, values, peers };

  function draw(element) {
    const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    // Inside, not on the element itself: styles of what has an id are carried over by htmx as attributes, which the
    // content policy forbids.
    const inside = element.firstElementChild || element.appendChild(document.createElement("div"));
    inside.style.height = data.kind === "bars" ? `${Math.max(data.labels.length, 1) * 43 + 16}px` : "100%";
    let chart = echarts.getInstanceByDom(inside);
    if (!chart) {
      chart = echarts.init(inside, null, { renderer: "canvas" });
      new ResizeObserver(() => chart.isDisposed() || chart.resize()).observe(inside);
      if (data.links) chart.on("click", (event) => data.links[event.dataIndex] && location.assign(data.links[event.dataIndex]));
    }
    chart.setOption(kinds[data.kind](data, look()), true);
  }

  const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("shugu:theme", all);
  document.addEventListener("htmx:afterSettle", all);
})();
