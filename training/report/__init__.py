"""Reports of an evaluation: judged samples, tables, calibration, comparisons, contact sheets."""
