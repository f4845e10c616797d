"""A night of Lumbung as an Airflow DAG: land, decode in shards on whatever workers there are, run.

All workers see PROJECT and have the same lumbung. A shard that ends with 3 has a release that breaks its contract: it is
marked as skipped and not tried again. The run follows in any case: it decodes what is missing, and refuses by name.
"""

from datetime import datetime, timedelta

try:  # Airflow 3
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.bash import BashOperator

PROJECT = "/srv/lumbung"
SHARDS = 16


def lumbung(*words):
    return " ".join(("lumbung", *words, "--project", PROJECT, "--quiet"))


with DAG(
    "lumbung",
    schedule="10 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
):
    land = BashOperator(task_id="land", bash_command=lumbung("stage", "--land"))
    shard = BashOperator.partial(task_id="shard", skip_on_exit_code=3).expand(
        bash_command=[lumbung("stage", "--shard", f"{i}/{SHARDS}") for i in range(SHARDS)]
    )
    run = BashOperator(task_id="run", bash_command=lumbung("run"), trigger_rule="all_done", retries=0)
    land >> shard >> run
