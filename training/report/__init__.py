"""What evaluation tells: judged samples, tables, calibration, comparisons, contact sheets."""
