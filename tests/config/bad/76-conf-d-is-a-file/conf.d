mode: enforce
