"""The columns of a talent record, template ``talent-records/1``, and how their headers are told."""

from backend.reference.folding import fold
from programs.intake.layout import Column, Layout

__all__ = ["COLUMNS", "LAYOUT", "LAYOUTS", "MASKED", "TEMPLATE", "Column", "fold", "header_code", "layout_of"]

TEMPLATE = "talent-records/1"

COLUMNS: tuple[Column, ...] = (
    Column("partner_ref", "人员编号", "Partner reference", "no", "text"),
    Column("name", "姓名", "Name", "yes", "text"),
    Column("id_type", "证件类型", "ID type", "yes", "code"),
    Column("id_number", "证件号码", "ID number", "yes", "number_text", masked=True),
    Column("gender", "性别", "Gender", "no", "code"),
    Column("birth_date", "出生日期", "Date of birth", "conditional", "date"),
    Column("mobile", "手机号码", "Mobile", "no", "number_text", masked=True),
    Column("email", "电子邮箱", "E-mail", "no", "text"),
    Column("path", "入选方式", "Path", "yes", "code"),
    Column("programme", "项目编号", "Programme code", "yes", "text"),
    Column("cohort", "班次编号", "Cohort code", "conditional", "text"),
    Column("started_on", "开始日期", "Started on", "yes", "date"),
    Column("completed_on", "完成日期", "Completed on", "conditional", "date"),
    Column("outcome", "结果", "Outcome", "yes", "code"),
    Column("education", "学历", "Education", "no", "code"),
    Column("degree", "学位", "Degree", "no", "text"),
    Column("school", "毕业院校", "School", "no", "text"),
    Column("graduated_on", "毕业日期", "Graduated on", "conditional", "date"),
    Column("education_cert_no", "学历证书编号", "Education certificate no.", "no", "number_text", masked=True),
    Column("title", "职称", "Professional title", "no", "code"),
    Column("title_awarded_on", "职称取得日期", "Title awarded on", "conditional", "date"),
    Column("title_cert_no", "职称证书编号", "Title certificate no.", "no", "number_text", masked=True),
    Column("employer", "工作单位", "Employer", "conditional", "text"),
    Column("employer_uscc", "统一社会信用代码", "Unified social credit code", "conditional", "number_text"),
    Column("district", "工作区县", "District", "no", "code"),
    Column("occupation", "职业", "Occupation code", "no", "text"),
    Column("segment", "业态", "Segment", "no", "code"),
    Column("remarks", "备注", "Remarks", "no", "text"),
)

LAYOUT = Layout(COLUMNS)

MASKED = LAYOUT.masked
"""Columns whose values are masked whole; every other one is searched for numbers that it should not hold."""

header_code = LAYOUT.header_code

LAYOUTS: dict[str, Layout] = {TEMPLATE: LAYOUT}
"""The columns of every template by its code."""


def layout_of(template: str) -> Layout:
    """The columns of a template; of one that is not known any more those of talent records."""
    return LAYOUTS.get(template, LAYOUT)
