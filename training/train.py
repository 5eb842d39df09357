"""Fine-tunes the encoder: ``python -m training.train --base FOLDER --rows nli.jsonl.gz --out FOLDER``.

Two stages. The first learns inference from public pairs; the second adds pairs made by rules from the same
sentences (planted values, bounds, other subjects: see planted.py), which are what news stories differ in. It
runs on a CPU (about 100 pairs/s on two cores with bfloat16) or a GPU, and goes on from its last checkpoint.
"""

import argparse
import json
import random
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification

from training.rows import ALLOWED, STANCES, Row, batches, read_rows
from training.stages import STAGES, Stage, mixture

MAX_TOKENS = 192
CHECKPOINT_EVERY = 200  # steps


def main() -> None:
    """Train both stages and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder of the encoder's weights")
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", nargs="*", default=[stage.name for stage in STAGES])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(options.seed)
    tokenizer = Tokenizer.from_file(str(options.base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    names = {"id2label": dict(enumerate(STANCES)), "label2id": {s: i for i, s in enumerate(STANCES)}}
    model = AutoModelForSequenceClassification.from_pretrained(options.base, num_labels=3, **names).to(device)
    rows = read_rows(options.rows)
    for stage in STAGES:
        done = options.out / f"{stage.name}.pt"
        if done.exists():
            model.load_state_dict(torch.load(done, map_location=device))
        elif stage.name in options.stages:
            # The trainer's own order of random draws depends on nothing but the seed and the stage's name.
            rng = random.Random(f"{options.seed}/{stage.name}")
            chosen = mixture(rows, stage, rng)
            print(stage.name, len(chosen), "rows", flush=True)
            _fit(model, tokenizer, chosen, stage, options.out / f"{stage.name}.partial", rng)
            torch.save(model.state_dict(), done)
    model.save_pretrained(options.out)
    tokenizer.save(str(options.out / "tokenizer.json"))


def _fit(
    model: torch.nn.Module,
    tokenizer: Tokenizer,
    rows: list[Row],
    stage: Stage,
    partial: Path,
    rng: random.Random,
) -> None:
    device = next(model.parameters()).device
    encoded = tokenizer.encode_batch([(row.evidence, row.claim) for row in rows])
    allowed = torch.zeros(len(rows), len(STANCES))
    for i, row in enumerate(rows):
        allowed[i, list(ALLOWED[row.label])] = 1.0
    steps = list(batches([len(e.ids) for e in encoded], stage.batch, rng))
    optimizer = torch.optim.AdamW(model.parameters(), lr=stage.peak, weight_decay=0.01, fused=True)
    warm = max(1, len(steps) // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(s / warm, max(0.0, (len(steps) - s) / (len(steps) - warm)))
    )
    begun = 0
    if partial.exists():
        state = torch.load(partial, map_location=device)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        begun = state["step"]
    model.train()
    clock, running = time.monotonic(), 0.0
    for step, batch in enumerate(steps):
        if step < begun:
            continue
        # Few shapes: each new one is compiled, and kept.
        width = -(-max(len(encoded[i].ids) for i in batch) // 16) * 16
        ids, mask, types = (torch.zeros(len(batch), width, dtype=torch.long) for _ in range(3))
        for line, i in enumerate(batch):
            size = len(encoded[i].ids)
            ids[line, :size] = torch.tensor(encoded[i].ids)
            mask[line, :size] = 1
            types[line, :size] = torch.tensor(encoded[i].type_ids)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            logits = model(
                input_ids=ids.to(device), attention_mask=mask.to(device), token_type_ids=types.to(device)
            ).logits
        likely = torch.softmax(logits.float(), dim=-1)
        right = (likely * allowed[batch].to(device)).sum(dim=-1).clamp_min(1e-6)
        loss = -right.log().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        running += loss.item()
        if (step + 1) % 50 == 0:
            pace = (step + 1 - begun) * stage.batch / (time.monotonic() - clock)
            told = {
                "stage": stage.name,
                "step": step + 1,
                "of": len(steps),
                "loss": round(running / 50, 4),
                "pairs_per_s": round(pace, 1),
            }
            print(json.dumps(told), flush=True)
            running = 0.0
        if (step + 1) % CHECKPOINT_EVERY == 0:
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(),
                        "schedule": schedule.state_dict(), "step": step + 1}, partial)  # fmt: skip
    partial.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
