"""HiGHS through PuLP: one thread, a start to improve on, and what it really proved.

PuLP says Optimal after a time limit and keeps no bound, so status and bound are
read from HiGHS itself. A programme of very many columns goes to HiGHS without PuLP.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
import pulp

from cs_assets.routing.solver.problem import COST_UNIT
from cs_assets.routing.solver.work import Work

#: Units of work: of a simplex iteration beside what grows with the programme, of an iteration of
#: the interior point and of handing over, each for an entry of the programme.
_AN_ITERATION, _AN_INNER_ITERATION, _TO_HAND_OVER = 3_000.0, 60.0, 200.0
_STOPPED = (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt)

#: By how much a bound on an integer programme may be wrong: a share of its values, and what HiGHS
#: takes for no gain (mip_feasibility_tolerance), whatever the values are.
_TOLERANCE, _NO_GAIN = 1e-7, 1e-6
#: What is decided is worth so many units at least, so that no gain is little beside it; the unit
#: is not made smaller than ``_FINEST``.
_AT_LEAST, _FINEST = 10, COST_UNIT // 10**6


@dataclass(frozen=True)
class Answer:
    """``values`` by variable as given, None without a solution; ``bound`` on the objective."""

    values: npt.NDArray[np.float64] | None
    bound: float
    proven: bool
    infeasible: bool
    stopped_by_clock: bool
    row_duals: npt.NDArray[np.float64] | None


def unit_of(decided: int | None) -> int:
    """The unit of a programme's costs: smaller where ``decided``, what there is to save, is little.

    HiGHS takes for equal what differs by ``_NO_GAIN``: of a small batch too much in the usual unit,
    which it keeps where nothing is known (None).
    """
    unit = COST_UNIT
    while decided is not None and unit > _FINEST and decided < _AT_LEAST * unit:
        unit //= 10
    return unit


def slack(size: float) -> float:
    """What the tolerances may be worth on values of ``size``, in units of the programme."""
    return _TOLERANCE * size + _NO_GAIN


class _Started(pulp.HiGHS):
    """PuLP's HiGHS with a starting solution, and with the model handed over as a whole.

    PuLP adds column by column and marks each as whole; marking costs HiGHS time in proportion
    to the columns there are, so that large programmes took longer to hand over than to solve.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(msg=False, threads=1, **options)
        self.start: list[float] | None = None

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:
        lp.solverModel.passModel(_model(lp, integer=bool(self.mip)))

    def callSolver(self, lp: pulp.LpProblem) -> None:
        if self.start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = self.start
            lp.solverModel.setSolution(solution)
        lp.solverModel.run()


def _model(lp: pulp.LpProblem, *, integer: bool) -> highspy.HighsLp:
    """The programme in HiGHS's own form; rows and columns get their places, as PuLP gives them."""
    variables, rows = lp.variables(), lp.constraints.values()
    sign = -1 if lp.sense == pulp.LpMaximize else 1
    for place, variable in enumerate(variables):
        variable.index = place
    indices: list[int] = []
    values: list[float] = []
    starts = [0]
    for place, row in enumerate(rows):
        row.index = place
        for variable, value in row.items():
            if value:
                indices.append(variable.index)
                values.append(value)
        starts.append(len(indices))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(variables), len(rows)
    model.col_cost_ = np.array([sign * lp.objective.get(v, 0.0) for v in variables], dtype=float)
    model.col_lower_ = _limits([v.lowBound for v in variables], -highspy.kHighsInf)
    model.col_upper_ = _limits([v.upBound for v in variables], highspy.kHighsInf)
    model.row_lower_ = _limits([row.getLb() for row in rows], -highspy.kHighsInf)
    model.row_upper_ = _limits([row.getUb() for row in rows], highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = len(variables), len(rows)
    model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    model.a_matrix_.index_ = np.array(indices, dtype=np.int32)
    model.a_matrix_.value_ = np.array(values, dtype=float)
    if integer:
        whole, any_number = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        model.integrality_ = [whole if v.cat == pulp.LpInteger else any_number for v in variables]
    return model


@dataclass
class ZeroOne:
    """A programme whose columns are all 0 or 1, kept as numbers.

    In PuLP each column is an object with a name, in a dictionary of each of its rows: a quarter of
    a million of them take 700 MB there, and 20 here.
    """

    costs: "array[float]" = field(default_factory=lambda: array("d"))
    _starts: "array[int]" = field(default_factory=lambda: array("i", [0]))
    _columns: "array[int]" = field(default_factory=lambda: array("i"))
    _values: "array[float]" = field(default_factory=lambda: array("d"))
    _least: "array[float]" = field(default_factory=lambda: array("d"))
    _most: "array[float]" = field(default_factory=lambda: array("d"))

    def column(self, cost: float) -> int:
        """Add a column; its number."""
        self.costs.append(cost)
        return len(self.costs) - 1

    def row(self, terms: Sequence[tuple[int, float]], limit: float, *, equal: bool = False) -> None:
        """The sum of column times value is at most the limit, or ``equal`` to it."""
        for number, value in terms:
            self._columns.append(number)
            self._values.append(value)
        self._starts.append(len(self._columns))
        self._least.append(limit if equal else -highspy.kHighsInf)
        self._most.append(limit)

    @property
    def size(self) -> tuple[int, int]:
        """Rows, and entries in them."""
        return len(self._most), len(self._columns)

    def model(self, order: npt.NDArray[np.int64]) -> highspy.HighsLp:
        """In HiGHS's own form, the columns in this order."""
        model, (rows, _) = highspy.HighsLp(), self.size
        model.num_col_, model.num_row_ = len(order), rows
        model.col_cost_ = np.frombuffer(self.costs)[order]
        model.col_lower_, model.col_upper_ = np.zeros(len(order)), np.ones(len(order))
        model.row_lower_, model.row_upper_ = np.array(self._least), np.array(self._most)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.num_col_, model.a_matrix_.num_row_ = len(order), rows
        model.a_matrix_.start_ = np.array(self._starts, dtype=np.int32)
        place = np.argsort(order).astype(np.int32)
        model.a_matrix_.index_ = place[np.array(self._columns, dtype=np.int64)]
        model.a_matrix_.value_ = np.array(self._values)
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(order)
        return model


def solve_zero_one(
    programme: ZeroOne, work: Work, start: npt.NDArray[np.float64] | None = None
) -> Answer:
    """As ``solve``, of a programme whose columns are all 0 or 1; the same answer as through PuLP.

    Which of several best answers is found depends on the order of the columns: it is that of PuLP,
    by the number's digits.
    """
    order = np.argsort(np.arange(len(programme.costs)).astype(str), kind="stable")
    solver = _solver(work, mip_abs_gap=0.0, mip_rel_gap=0.0)
    solver.passModel(programme.model(order))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start[order].tolist()
        solver.setSolution(solution)
    solver.run()
    work.over(_done(solver, *programme.size))
    return _answer(solver, np.argsort(order), integer=True)


def relaxed(programme: ZeroOne, work: Work) -> Answer:
    """The same programme with shares allowed: its bound, and what each row is worth."""
    solver = _solver(work)
    model = programme.model(np.arange(len(programme.costs)))
    model.integrality_ = []
    solver.passModel(model)
    solver.run()
    work.over(_done(solver, *programme.size))
    return _answer(solver, np.arange(len(programme.costs)), integer=False)


def _solver(work: Work, **more: float) -> highspy.Highs:
    solver = highspy.Highs()
    options = {"output_flag": False, "threads": 1, "random_seed": 0, "time_limit": work.longest}
    for name, value in (options | more).items():
        solver.setOptionValue(name, value)
    _watch(solver, work)
    return solver


def _watch(solver: highspy.Highs, work: Work) -> None:
    """HiGHS knows the clock on the wall alone, by which a busy machine would choose the owners."""

    def look(event: highspy.highs.HighsCallbackEvent) -> None:
        if work.net_caught():
            event.interrupt()

    solver.cbMipInterrupt.subscribe(look)


def _done(model: highspy.Highs, rows: int, entries: int) -> float:
    """Work that HiGHS did on a programme, handing over included."""
    info = model.getInfo()
    steps = max(info.simplex_iteration_count, 0) + max(info.crossover_iteration_count, 0)
    inner = max(info.ipm_iteration_count, 0) * _AN_INNER_ITERATION * entries
    return _TO_HAND_OVER * entries + _an_iteration(rows, entries) * steps + inner


def _an_iteration(rows: int, entries: int) -> float:
    return _AN_ITERATION + rows + entries / 10


def _limits(values: Sequence[float | None], absent: float) -> npt.NDArray[np.float64]:
    return np.array([absent if value is None else value for value in values], dtype=float)


def version() -> str:
    """Solver and modelling layer with their versions."""
    return f"HiGHS {highspy.Highs().version()} through PuLP {pulp.__version__}"


def solve(
    programme: pulp.LpProblem,
    variables: Sequence[pulp.LpVariable],
    *,
    integer: bool,
    work: Work,
    gap: float = 0.0,
    nodes: int | None = None,
    start: npt.NDArray[np.float64] | None = None,
    interior_point: bool = False,
) -> Answer:
    """Solve ``programme`` within the ``work`` there is, or ``nodes`` of the search tree.

    What HiGHS did is counted by its iterations and taken from ``work``; an integer programme is
    limited by ``nodes`` and, in between, by the net of processor time only. ``interior_point``
    is several times faster on large linear programmes.
    """
    options: dict[str, Any] = {"random_seed": 0, "mip_abs_gap": 0.0}
    size = sum(len(row) for row in programme.constraints.values())
    rows = len(programme.constraints)
    if not integer:
        left = max(work.left - _TO_HAND_OVER * size, 0.0)
        most = int(left / _an_iteration(rows, size))
        options["simplex_iteration_limit"] = max(most, 1)
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    if interior_point:  # with crossover, so that the answer is a vertex
        options["solver"] = "ipm"
    solver = _Started(mip=integer, timeLimit=work.longest, gapRel=gap, **options)
    solver.createAndConfigureSolver(programme)
    _watch(programme.solverModel, work)
    solver.buildSolverModel(programme)
    place = np.array([variable.index for variable in variables])
    if start is not None:
        solver.start = start[np.argsort(place)].tolist()
    solver.callSolver(programme)
    work.over(_done(programme.solverModel, rows, size))
    return _answer(programme.solverModel, place, integer)


def _answer(model: highspy.Highs, place: npt.NDArray[np.int64], integer: bool) -> Answer:
    info = model.getInfo()
    status = model.getModelStatus()
    solution = model.getSolution()
    feasible = info.primal_solution_status == highspy.kSolutionStatusFeasible
    optimal = status == highspy.HighsModelStatus.kOptimal
    bound = info.mip_dual_bound if integer else info.objective_function_value
    return Answer(
        values=np.array(solution.col_value)[place] if feasible else None,
        bound=float(bound) if integer or optimal else -np.inf,
        proven=optimal,
        infeasible=status == highspy.HighsModelStatus.kInfeasible,
        stopped_by_clock=status in _STOPPED,
        row_duals=np.array(solution.row_dual) if optimal and not integer else None,
    )
